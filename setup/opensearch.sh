#!/usr/bin/env bash
# An OpenSearch cluster on this machine, for tests: some nodes on the loopback interface.
#
#   setup/opensearch.sh install       downloads and unpacks it (once, into the cache)
#   setup/opensearch.sh start [N]     starts N nodes (3) and waits until they answer; installs it before
#   setup/opensearch.sh stop          stops them and deletes what they stored
#   setup/opensearch.sh logs          prints the last lines that each node has said
#   setup/opensearch.sh kill I        ends node I without warning
#   setup/opensearch.sh node I [N]    starts node I of N again
#   setup/opensearch.sh wait [N]      until N nodes (3) are one cluster and all copies are there
#   setup/opensearch.sh address       HOST:PORT,… of the nodes that `start` has started
#   setup/opensearch.sh repository    the folder for snapshots, which all nodes see
#
# It is put together from the artefacts that the OpenSearch project publishes for Maven: the
# distribution without plugins, the k-NN plugin, and the script language that this one needs. The
# versions are pinned and the files are checked. Java 17 runs it (Debian: openjdk-17-jre-headless);
# it does not run as root, so then a user of its own is made.
#
#   LECTERN_CLUSTER_DIR   where the nodes store (default: a folder in the cache; for root below /var/tmp)
#   LECTERN_CLUSTER_HEAP  of a node (256m)
#   LECTERN_CLUSTER_PORT  node I listens on this + I (19200), and on this + 100 + I for the others
#   LECTERN_CLUSTER_JAVA  more options of Java (-XX:TieredStopAtLevel=1: starts sooner, runs slower;
#                         a benchmark wants none of it: " ")
set -euo pipefail
# shellcheck source=paths.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/paths.sh"
# shellcheck source=common.sh
source "$LECTERN_SETUP_DIR/common.sh"

version=2.19.1
recipe=1
# Its user must be able to read it, and root's home is closed to others.
place=$LECTERN_CACHE
((EUID != 0)) || place=/var/tmp/lectern-opensearch
home=$place/opensearch-$version-$(flags_key "$recipe" "$(<"$LECTERN_SETUP_DIR/opensearch.sha256")")
run=${LECTERN_CLUSTER_DIR:-$place/opensearch-run}
heap=${LECTERN_CLUSTER_HEAP:-256m}
port=${LECTERN_CLUSTER_PORT:-19200}
options=${LECTERN_CLUSTER_JAVA:--XX:TieredStopAtLevel=1}
user=lectern-opensearch
not_to_be_had=75 # of `install`, where nothing can be downloaded

java_home() {
    local candidate
    for candidate in "${OPENSEARCH_JAVA_HOME:-}" /usr/lib/jvm/java-17-openjdk-* "${JAVA_HOME:-}"; do
        [[ -n $candidate && -x $candidate/bin/java ]] || continue
        printf '%s' "$candidate"
        return
    done
    die "there is no Java 17" "install it: apt-get install openjdk-17-jre-headless"
}

# GROUP:ARTIFACT:VERSION:TYPE of everything that is downloaded.
artefacts=(
    org.opensearch.distribution.integ-test-zip:opensearch:$version:zip
    org.opensearch.plugin:opensearch-knn:$version.0:zip
    org.opensearch.plugin:lang-painless:$version:jar
    org.opensearch.plugin:opensearch-scripting-painless-spi:$version:jar
    org.antlr:antlr4-runtime:4.13.1:jar
    org.ow2.asm:asm:9.7:jar
    org.ow2.asm:asm-analysis:9.7:jar
    org.ow2.asm:asm-commons:9.7:jar
    org.ow2.asm:asm-tree:9.7:jar
    org.ow2.asm:asm-util:9.7:jar
)

download() { # FOLDER: one run of Maven for all
    local folder=$1 artefact group name number type
    {
        printf '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>\n'
        printf '<groupId>local</groupId><artifactId>cluster</artifactId><version>1</version><packaging>pom</packaging>\n'
        printf '<build><plugins><plugin><groupId>org.apache.maven.plugins</groupId>\n'
        printf '<artifactId>maven-dependency-plugin</artifactId><version>2.8</version><executions><execution>\n'
        printf '<phase>package</phase><goals><goal>copy</goal></goals><configuration>\n'
        printf '<outputDirectory>%s</outputDirectory><artifactItems>\n' "$folder"
        for artefact in "${artefacts[@]}"; do
            IFS=: read -r group name number type <<<"$artefact"
            printf '<artifactItem><groupId>%s</groupId><artifactId>%s</artifactId>' "$group" "$name"
            printf '<version>%s</version><type>%s</type></artifactItem>\n' "$number" "$type"
        done
        printf '</artifactItems></configuration></execution></executions></plugin></plugins></build></project>\n'
    } >"$folder/pom.xml"
    # A code of its own: there is nothing wrong, it cannot be had here and now.
    (cd -- "$folder" && mvn -q -B package) || (
        die "the artefacts of OpenSearch cannot be downloaded" "see that Maven reaches its repository, then do it again"
    ) || exit "$not_to_be_had"
    (cd -- "$folder" && sha256sum --quiet -c "$LECTERN_SETUP_DIR/opensearch.sha256") ||
        die "an artefact of OpenSearch is not the one that is pinned" "do it again; if it stays so, somebody has changed it"
}

install_cluster() {
    local work tool
    if [[ -d $home ]]; then
        skip_step "OpenSearch $version" "it is in the cache"
        return
    fi
    for tool in mvn unzip curl; do
        command -v "$tool" >/dev/null || die "the tool \"$tool\" is missing" "run: setup/packages.sh --cluster"
    done
    java_home >/dev/null
    mkdir -p "$place"
    work=$(mktemp -d "$place/opensearch.XXXXXX")
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$work'" EXIT
    download "$work"
    unzip -q "$work/opensearch-$version.zip" -d "$work/unpacked"
    mv "$work/unpacked/opensearch-$version" "$work/home"
    mkdir -p "$work/home/plugins/opensearch-knn" "$work/home/modules/lang-painless"
    unzip -q "$work/opensearch-knn-$version.0.zip" -d "$work/home/plugins/opensearch-knn"
    mv "$work"/*.jar "$work/home/modules/lang-painless/"
    cat >"$work/home/modules/lang-painless/plugin-descriptor.properties" <<END
description=the script language
version=$version
name=lang-painless
classname=org.opensearch.painless.PainlessPlugin
java.version=11
opensearch.version=$version
custom.foldername=
extended.plugins=
has.native.controller=false
END
    cat >"$work/home/modules/lang-painless/plugin-security.policy" <<'END'
grant {
  permission java.lang.RuntimePermission "createClassLoader";
  permission java.lang.RuntimePermission "getClassLoader";
};
END
    chmod -R a+rX "$work/home"
    mv "$work/home" "$home"
    printf '==> OpenSearch %s … done\n' "$version"
}

write_config() { # I N
    local index=$1 count=$2 folder=$run/$1 other seeds="" names=""
    for ((other = 1; other <= count; ++other)); do
        seeds+="\"127.0.0.1:$((port + 100 + other))\","
        names+="\"$other\","
    done
    mkdir -p "$folder/config" "$folder/data" "$folder/logs" "$run/snapshots"
    cp -r "$home/config/." "$folder/config/"
    sed -i "s#logs/gc.log#$folder/logs/gc.log#; s#=logs/#=$folder/logs/#; s#HeapDumpPath=data#HeapDumpPath=$folder/data#" \
        "$folder/config/jvm.options"
    cat >"$folder/config/opensearch.yml" <<END
cluster.name: lectern-tests
node.name: "$index"
path.data: $folder/data
path.logs: $folder/logs
path.repo: [$run/snapshots]
network.host: 127.0.0.1
http.port: $((port + index))
transport.port: $((port + 100 + index))
discovery.seed_hosts: [${seeds%,}]
cluster.initial_cluster_manager_nodes: [${names%,}]
cluster.routing.allocation.disk.threshold_enabled: false
END
}

start_node() { # I N
    local index=$1 folder=$run/$1 as=() java
    java=$(java_home)
    if running "$index"; then
        die "node $index runs already" "stop it: setup/opensearch.sh stop"
    fi
    [[ -f $folder/config/opensearch.yml ]] || write_config "$index" "$2"
    if ((EUID == 0)); then
        id "$user" >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin "$user"
        chown -R "$user" "$folder" "$run/snapshots"
        chmod a+rx "$place" "$run" # whatever the umask is
        # The folders above it may be closed to others.
        as=(setpriv --reuid "$user" --clear-groups --no-new-privs --inh-caps=-all)
    fi
    (
        cd "$folder"
        # shellcheck disable=SC2030
        export OPENSEARCH_JAVA_HOME=$java OPENSEARCH_PATH_CONF=$folder/config \
            OPENSEARCH_JAVA_OPTS="-Xms$heap -Xmx$heap $options"
        exec setsid "${as[@]}" "$home/bin/opensearch" >>"$folder/output.log" 2>&1 </dev/null
    ) &
    echo $! >"$folder/pid"
}

process_of() { # I: prints the id of its process. One that has got the same number since is not it.
    local id said
    [[ -f $run/$1/pid ]] || return 1
    id=$(<"$run/$1/pid")
    said=$(tr '\0' ' ' 2>/dev/null <"/proc/$id/cmdline") || return 1
    # It says nothing for a moment while it becomes another program, and for ever when it has ended.
    [[ $said == *opensearch* || (-z $said && $(<"/proc/$id/stat") != *') Z '*) ]] || return 1
    printf '%s' "$id"
}

running() { # I: whether its process is there
    process_of "$1" >/dev/null
}

wait_for() { # N: until all are one cluster
    local count=$1 try index health
    for ((try = 0; try < 240; ++try)); do
        for ((index = 1; index <= count; ++index)); do
            running "$index" || die "node $index has ended: $(tail -n 3 "$run/$index/output.log")" \
                "read $run/$index/output.log"
        done
        health=$(curl -s -m 5 --noproxy '*' "http://127.0.0.1:$((port + 1))/_cluster/health" || true)
        if [[ $health == *'"status":"green"'*"\"number_of_nodes\":$count,"* ]]; then
            printf '==> %d nodes on port %d and up\n' "$count" "$((port + 1))"
            return
        fi
        # A copy whose place was still locked five times in a row is left alone until somebody asks.
        ((try % 10 != 9)) || curl -s -m 5 --noproxy '*' -o /dev/null -X POST \
            "http://127.0.0.1:$((port + 1))/_cluster/reroute?retry_failed=true" || true
        sleep 1
    done
    die "the nodes have not come together within 4 minutes" "read $run/*/output.log"
}

signal_all() { # SIGNAL: to all that run; fails when none does
    local folder id any=1
    for folder in "$run"/*/; do
        id=$(process_of "$(basename "$folder")") || continue
        kill "-$1" "$id" 2>/dev/null || true
        any=0
    done
    return $any
}

print_logs() {
    local folder
    for folder in "$run"/[0-9]*/; do
        [[ -f $folder/output.log ]] || continue
        printf '==> node %s: the last lines of %s\n' "$(basename "$folder")" "$folder"output.log
        tail -n 40 "$folder"output.log | cut -c1-500 | sed 's/^/    | /'
    done
}

stop_all() {
    local try
    signal_all TERM || true
    for ((try = 0; try < 60; ++try)); do
        signal_all 0 || break
        sleep 0.5
    done
    signal_all KILL || true
    rm -rf "$run"
}

case ${1:-} in
    install) install_cluster ;;
    start)
        [[ -d $home ]] || install_cluster
        mkdir -p "$run"
        for ((i = 1; i <= ${2:-3}; ++i)); do start_node "$i" "${2:-3}"; done
        wait_for "${2:-3}"
        ;;
    stop) stop_all ;;
    logs) print_logs ;;
    wait) wait_for "${2:-3}" ;;
    repository) printf '%s\n' "$run/snapshots" ;;
    kill)
        id=$(process_of "$2") || die "node $2 does not run" "start it: setup/opensearch.sh node $2"
        kill -9 "$id"
        ;;
    node) start_node "$2" "${3:-3}" ;;
    address)
        list=""
        for file in "$run"/*/pid; do
            [[ -f $file ]] || continue
            folder=${file%/pid}
            list+="127.0.0.1:$((port + ${folder##*/})),"
        done
        printf '%s\n' "${list%,}"
        ;;
    *)
        sed -n '2,23p' "${BASH_SOURCE[0]}"
        exit 2
        ;;
esac
