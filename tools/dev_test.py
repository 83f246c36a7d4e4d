"""./dev itself: packages on a machine that has none, options, exit codes. Nothing here installs or compiles."""

import os
import subprocess
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# A Debian made of two files: what is installed, and what apt-get was told.
FAKE_DPKG_QUERY = r"""#!/bin/bash
shift 2
code=0
for name; do
  if grep -qx "$name" "$FAKE/installed"; then echo "$name ii "
  elif grep -qx "$name" "$FAKE/removed"; then echo "$name rc "
  else code=1; fi
done
exit $code
"""
FAKE_APT_GET = r"""#!/bin/bash
echo "$*" >>"$FAKE/apt.log"
case $1 in
  update) touch "$FAKE/lists" ;;
  install)
    [[ -e $FAKE/lists ]] || exit 100
    for word; do case $word in -* | install | Dpkg*) ;; *) echo "$word" >>"$FAKE/installed" ;; esac; done ;;
esac
"""
FAKE_SUDO = '#!/bin/bash\necho "$*" >>"$FAKE/sudo.log"\nexec "$@"\n'


class Machine:
    """A folder of fake programs in front of PATH, and what they recorded."""

    def __init__(self, folder, installed=(), removed=(), lists=True):
        self.folder = folder
        self.write("installed", "\n".join(installed) + "\n")
        self.write("removed", "\n".join(removed) + "\n")
        if lists:
            self.write("lists", "")
        for name, text in (("dpkg-query", FAKE_DPKG_QUERY), ("apt-get", FAKE_APT_GET), ("sudo", FAKE_SUDO)):
            self.write(name, text)
            os.chmod(os.path.join(folder, name), 0o755)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return ""
        with open(path, encoding="utf-8") as file:
            return file.read()

    def bash(self, script, path=None):
        environment = {**os.environ, "FAKE": self.folder, "PATH": path or f"{self.folder}:{os.environ['PATH']}"}
        script = f"set -euo pipefail; source tools/dev/common.sh; {script}"
        return subprocess.run(
            ["/bin/bash", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )


class Packages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def require(self, machine, groups, before=""):
        return machine.bash(f"source tools/dev/packages.sh; {before} require_packages {groups}")

    def build_packages(self):
        return Machine(self.folder).bash("source tools/dev/packages.sh; packages_of build").stdout.split()

    def test_a_group_lists_its_packages_without_comments(self):
        packages = self.build_packages()
        self.assertIn("g++", packages)
        self.assertIn("libboost1.81-dev", packages)
        self.assertNotIn("clang-19", packages)
        for package in packages:
            self.assertRegex(package, r"^[a-z0-9][a-z0-9.+-]+$")

    def test_nothing_missing_means_no_apt_and_no_words(self):
        machine = Machine(self.folder, self.build_packages())
        done = self.require(machine, "build")
        self.assertEqual((done.returncode, done.stderr, machine.read("apt.log")), (0, "", ""))

    def test_only_what_is_missing_is_installed_and_it_is_said_before(self):
        packages = self.build_packages()
        machine = Machine(self.folder, set(packages) - {"cmake", "libopus-dev"})
        done = self.require(machine, "build")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("Installing 2 Debian packages: cmake libopus-dev", done.stderr)
        self.assertRegex(machine.read("apt.log"), r"^install .*--no-install-recommends.* cmake libopus-dev\n$")

    def test_a_removed_package_whose_configuration_remains_counts_as_missing(self):
        machine = Machine(self.folder, set(self.build_packages()) - {"cmake"}, removed=["cmake"])
        self.assertIn("Installing 1 Debian packages: cmake", self.require(machine, "build").stderr)

    def test_absent_lists_are_fetched_once_and_the_install_repeated(self):
        machine = Machine(self.folder, lists=False)
        done = self.require(machine, "build")
        self.assertEqual(done.returncode, 0, done.stderr)
        commands = [line.split()[0] for line in machine.read("apt.log").splitlines()]
        self.assertEqual(commands, ["install", "update", "install"])

    def test_a_user_goes_through_sudo(self):
        machine = Machine(self.folder)
        script = "source tools/dev/packages.sh; am_root() { return 1; }; require_packages build"
        self.assertEqual(machine.bash(script).returncode, 0)
        self.assertIn("apt-get install", machine.read("sudo.log"))

    def test_a_user_without_sudo_is_told_what_root_should_run(self):
        machine = Machine(self.folder)
        os.remove(os.path.join(self.folder, "sudo"))
        for name in ("awk", "cat"):
            os.symlink(f"/usr/bin/{name}", os.path.join(self.folder, name))
        os.symlink("/usr/bin/grep", os.path.join(self.folder, "grep"))
        done = machine.bash(
            "source tools/dev/packages.sh; am_root() { return 1; }; require_packages build", path=self.folder
        )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("as root run: apt-get install --no-install-recommends", done.stderr)

    def test_a_system_without_dpkg_is_named(self):
        machine = Machine(self.folder)
        os.remove(os.path.join(self.folder, "dpkg-query"))
        done = machine.bash("source tools/dev/packages.sh; require_packages build", path=self.folder)
        self.assertEqual(done.returncode, 3)
        self.assertIn("not Debian", done.stderr)

    def test_every_group_that_a_command_asks_for_is_listed(self):
        for group in ("build", "test", "check", "bench"):
            done = Machine(self.folder).bash(f"source tools/dev/packages.sh; packages_of {group}")
            self.assertTrue(done.stdout.strip(), group)


class CommandLine(unittest.TestCase):
    def dev(self, *arguments, **environment):
        return subprocess.run(
            [os.path.join(ROOT, "dev"), *arguments],
            env={**os.environ, **environment},
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )

    def test_help_is_there_for_every_command_and_needs_nothing_installed(self):
        self.assertEqual(self.dev("--help").returncode, 0)
        for command in ("up", "build", "test", "check", "bench", "fuzz"):
            done = self.dev(command, "--help", PATH="/usr/bin:/bin")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue(done.stdout.startswith(f"./dev {command}"), done.stdout)

    def test_a_wrong_command_line_is_code_2_and_says_why(self):
        for arguments in (
            [],
            ["dance"],
            ["build", "fastest"],
            ["build", "--quickly"],
            ["test", "--only", "some"],
            ["test", "--only"],
            ["test", "--fuzz-seconds", "0"],
            ["check", "everything"],
            ["bench"],
            ["bench", "--fast"],
            ["fuzz", "no_such_fuzz"],
            ["up", "--https-port", "https"],
        ):
            done = self.dev(*arguments)
            self.assertEqual(done.returncode, 2, (arguments, done.stderr))
            self.assertTrue(done.stderr.strip(), arguments)

    def test_output_that_is_no_terminal_has_no_colour(self):
        self.assertNotIn("\x1b", self.dev("dance").stderr)


class Ports(unittest.TestCase):
    def choose(self, setup):
        with tempfile.TemporaryDirectory() as folder:
            return Machine(folder).bash(f"source tools/dev/up.sh; {setup}; choose_port 443 8443")

    def test_the_usual_port_is_taken_without_a_word(self):
        done = self.choose("may_bind() { true; }; listening() { false; }")
        self.assertEqual((done.stdout, done.stderr), ("443\n", ""))

    def test_a_forbidden_port_is_replaced_in_one_line(self):
        done = self.choose("may_bind() { false; }; listening() { false; }")
        self.assertEqual(done.stdout, "8443\n")
        self.assertEqual(done.stderr, "Port 443 is not allowed to this user; using 8443 instead.\n")

    def test_a_taken_port_is_replaced_in_one_line(self):
        done = self.choose("may_bind() { true; }; listening() { [[ $1 == 443 ]]; }")
        self.assertEqual(done.stdout, "8443\n")
        self.assertEqual(done.stderr, "Port 443 is in use; using 8443 instead.\n")

    def test_both_taken_is_an_error_with_the_remedy(self):
        done = self.choose("may_bind() { true; }; listening() { true; }")
        self.assertEqual(done.returncode, 1)
        self.assertIn("--https-port", done.stderr)


if __name__ == "__main__":
    unittest.main()
