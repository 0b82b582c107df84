"""peak_memory.py MEGABYTES COMMAND...: runs the command and ends with its exit code, or with 99 when it took
more memory."""
import resource
import subprocess
import sys

done = subprocess.run(sys.argv[2:], check=False)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # of the largest child
if peak > float(sys.argv[1]):
    print(f"peak memory: {peak:.0f} MB", file=sys.stderr)
    sys.exit(99)
sys.exit(done.returncode)
