"""Words from which made.py composes manuals, release notes, tables and notes."""
from __future__ import annotations

import random

ONSETS = "b br c cl d dr f fl g gr h j k l m n p pl qu r s st t tr v w z".split()
NUCLEI = "a e i o u ai ea oo y".split()
CODAS = ["", "", "n", "r", "l", "x", "m", "t", "k", "s", "nd", "rk", "st"]
PEOPLE = """Anna Weber|Tom Hughes|Priya Nair|Luis Ortega|Mei Tanaka|Jonas Berg|Sara Lindqvist|Omar Haddad|Elena Petrova|David Cohen|Grace Okafor
|Paul Martin|Ines Costa|Viktor Novak|Laura Rossi|Henry Clark|Fatima Zahra|Nils Dahl|Kate Murphy|Ivan Horvat|Emma Fischer|Ravi Patel""".replace("\n", "").split("|")
PLACES = """Lisbon Oslo Prague Hamburg Turin Dublin Ghent Porto Riga Vienna Leeds Lyon Austin Denver Kyoto Nairobi Lima Quito Basel Gdansk
Tampere Malmo Seville Naples Utrecht Bristol Graz Tartu""".split()
MONTHS = "January February March April May June July August September October November December".split()
# what an option, a setting or a function is about; {n} of something that has a number, {p} of a path or name, {b} of a switch
NUMBERED = """maximum number of open connections|port to listen on|port of the proxy|timeout for requests in seconds|number of worker threads|size of the cache in megabytes
|maximum size of an upload|number of retries after a failure|interval between backups in hours|depth of the directory search|width of the printed page
|compression level|number of lines to show|maximum length of a password|age after which logs are deleted in days|number of replicas|maximum number of rows returned
|delay before the first retry|size of a memory page|maximum line length|number of digits after the decimal point|limit of concurrent downloads
|time that a session stays valid in minutes|buffer size of the network socket|priority of the process|volume of the speaker|number of columns of a table
|frame rate of the video|resolution of the image in dots per inch|maximum depth of recursion|number of spaces per indent|rate limit per minute""".replace("\n", "").split("|")
NAMED = """path of the configuration file|directory for temporary files|name of the log file|user that the service runs as|address to bind to|language of the messages
|character encoding of the input|output format|time zone of the timestamps|name of the database|host name of the mail server|location of the certificate
|pattern of files to ignore|editor for commit messages|default branch name|prefix of the table names|character that separates fields|folder for plugins
|colour theme of the interface|path of the private key|URL of the package index|name of the queue|locale used for sorting|shell that runs the commands
|file that holds the process id|storage engine of new tables|level of logging|compiler that builds the extension|base image of the container|hash function of the index""".replace("\n", "").split("|")
SWITCHES = """print the version and exit|do not ask for confirmation|follow symbolic links|show hidden files|overwrite existing files|run in the background|ignore upper and lower case
|verify the checksum after copying|print more messages|show progress|keep the original file|sort the output by size|reverse the order|treat warnings as errors
|skip empty lines|create missing directories|delete files that are not in the source|preserve permissions and times|read the file names from standard input
|show what would be done without doing it|disable colours|encrypt the archive|resume a broken download|count the lines instead of printing them
|list the contents of an archive|update only newer files|fetch all remote branches|apply the patch in reverse|use human readable sizes|stop at the first error""".replace("\n", "").split("|")
CHANGES = """crash when the input file is empty|memory leak in the parser|wrong time zone in log messages|slow start on Windows|deadlock when two clients connect|broken links in the manual
|race in the connection pool|off-by-one error in paging|support for IPv6 addresses|dark mode for the dashboard|export to CSV|search in archived messages
|login with a hardware key|Polish translation|parallel builds|incremental backups|validation of configuration files|retry of failed uploads|keyboard shortcuts for the editor
|streaming of large responses|wrong rounding of currency amounts|missing quotes in generated SQL|unreadable error message for invalid dates|high CPU use while idle
|failure to read UTF-16 files|import of calendar files|two-factor authentication|compression of old logs|automatic renewal of certificates|wrong sort order of umlauts""".replace("\n", "").split("|")
HEADINGS = """Introduction|Overview|Installation|Getting started|Requirements|Configuration|Usage|Examples|Advanced topics|Troubleshooting|Frequently asked questions|Contributing
|License|Changelog|Upgrading|Known issues|Security|Performance|API reference|Command line|Environment variables|Testing|Deployment|Backup and restore|See also|Further reading
|Glossary|Index|Authors|Acknowledgements|Compatibility|Migration guide|Concepts|Architecture|Tutorial|Reference""".replace("\n", "").split("|")
KINDS = """server|command line tool|library|database|web framework|text editor|package manager|message queue|image viewer|backup program|static site generator|proxy|scheduler
|monitoring agent|file system|compiler|test runner|search engine|mail client|spreadsheet|media player|terminal|build tool|chat application""".replace("\n", "").split("|")
PURPOSES = """turns plain text into web pages|keeps copies of files on another machine|sends alerts when a service stops|finds duplicate photos|runs jobs at fixed times
|stores time series of sensor readings|checks source code for common errors|converts videos between formats|balances requests over several hosts|tracks the hours of a team
|draws diagrams from text files|shares folders between computers|reads news feeds|compares two folders|manages passwords|plans the tasks of a project""".replace("\n", "").split("|")


def word(rng: random.Random, parts: int = 0) -> str:
    return "".join(rng.choice(ONSETS) + rng.choice(NUCLEI) + rng.choice(CODAS) for _ in range(parts or rng.choice([1, 2, 2, 2, 3])))


def version(rng: random.Random) -> str:
    return ".".join(str(rng.randint(0, 15)) for _ in range(rng.choice([2, 3, 3])))


def date(rng: random.Random) -> str:
    y, m, d = rng.randint(1998, 2026), rng.randint(1, 12), rng.randint(1, 28)
    return rng.choice([f"{y}-{m:02d}-{d:02d}", f"{d} {MONTHS[m - 1]} {y}", f"{MONTHS[m - 1]} {d}, {y}", f"{MONTHS[m - 1]} {y}"])


def amount(rng: random.Random) -> str:
    return rng.choice([str(rng.randint(1, 12)), str(rng.choice([10, 15, 20, 25, 30, 50, 60, 64, 80, 90, 100, 120, 128, 200, 250, 256, 300, 443, 500, 512, 600, 1000, 1024, 2048, 3000, 3306, 4096, 5000, 5432, 8000, 8080, 9000])), str(rng.randint(11, 9999))])


def place_or_name(rng: random.Random) -> str:
    w = word(rng)
    return rng.choice([f"/etc/{w}.conf", f"/var/lib/{w}", f"~/.{w}", w, f"{w}.log", "UTF-8", f"{w}.example.org", "127.0.0.1", "JSON", f"/usr/share/{w}", f"{w}d", w.upper(), "info", "main"])
