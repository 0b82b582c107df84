"""peak.py COMMAND...: runs the command, then prints the most memory it had."""
import resource
import subprocess
import sys

done = subprocess.run(sys.argv[1:], check=False)
print(f"  peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
sys.exit(done.returncode)
