package cli

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// A machine is one of its own as far as the net, the processes and the mounts go:
// this test binary, re-executed, with listeners and connections.
const (
	machineEnv = "COLDSTAT_TEST_MACHINE" // first or second
	secret     = "--password=not-to-be-captured"
)

func init() {
	if which := os.Getenv(machineEnv); which != "" {
		if err := beMachine(which); err != nil {
			fmt.Println("machine:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// beMachine opens the sockets, says that it is ready, and lives until its
// standard input ends. The first has a second one, of another network namespace.
func beMachine(which string) error {
	if err := loopbackUp(); err != nil {
		return fmt.Errorf("lo: %w", err)
	}
	if which == "second" {
		l, err := net.Listen("tcp4", "127.0.0.1:2222")
		if err != nil {
			return err
		}
		defer l.Close()
		fmt.Println("ready")
		_, err = io.Copy(io.Discard, os.Stdin)
		return err
	}
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
	}{{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE}, {"proc", "/proc", "proc", 0}, {"sysfs", "/sys", "sysfs", 0}} {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return fmt.Errorf("mounting %s: %w", m.target, err)
		}
	}
	var open []io.Closer // keeps them
	for _, address := range []string{"127.0.0.1:80", "127.0.0.1:5432", "0.0.0.0:22", "[::1]:8080", "[::]:443"} {
		l, err := net.Listen(map[bool]string{true: "tcp6", false: "tcp4"}[address[0] == '['], address)
		if err != nil {
			return err
		}
		open = append(open, l)
	}
	u, err := net.ListenPacket("udp4", "127.0.0.1:53")
	if err != nil {
		return err
	}
	c, err := net.Dial("tcp", "127.0.0.1:5432")
	if err != nil {
		return err
	}
	in, err := open[1].(net.Listener).Accept()
	if err != nil {
		return err
	}
	open = append(open, u, c, in)
	second := exec.Command("/proc/self/exe", secret)
	second.Env = []string{machineEnv + "=second"}
	second.Stdin = os.Stdin
	second.Stdout = os.Stdout
	second.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	err = second.Run()
	for _, c := range open {
		c.Close()
	}
	return err
}

func loopbackUp() error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return err
	}
	defer syscall.Close(fd)
	request := struct {
		name  [16]byte
		flags uint16
		_     [22]byte
	}{flags: syscall.IFF_UP}
	copy(request.name[:], "lo")
	// The pointer becomes a number within the call itself, as package unsafe wants it, and
	// the struct has the 40 bytes of the kernel's ifreq.
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, uintptr(fd), syscall.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&request))); e != 0 {
		return e
	}
	return nil
}

// An nsMachine runs commands.
type nsMachine struct{ pid string }

func newMachine(t *testing.T) nsMachine {
	t.Helper()
	if testing.Short() {
		t.Skip("-short")
	}
	if os.Getuid() != 0 {
		t.Skip("needs root to make a machine of namespaces")
	}
	for _, tool := range []string{"nsenter", "netstat", "tar", "gzip"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s", tool)
		}
	}
	cmd := exec.Command("/proc/self/exe", secret)
	cmd.Env = []string{machineEnv + "=first"}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWNET | syscall.CLONE_NEWPID,
		Pdeathsig:  syscall.SIGKILL,
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skipf("no namespaces here: %v", err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	said := make([]byte, 200)
	n, _ := out.Read(said)
	if got := string(said[:n]); got != "ready\n" {
		t.Skipf("no machine of namespaces here: %q", got)
	}
	return nsMachine{strconv.Itoa(cmd.Process.Pid)}
}

// run runs a command on the machine.
func (m nsMachine) run(t *testing.T, dir, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	return capturing(t, dir, stdin, append([]string{"nsenter", "-t", m.pid, "-n", "-m", "-p", "--wd=" + dir}, args...)...)
}

// capturing runs a command with TMPDIR in dir/tmp, which must be empty afterwards.
func capturing(t *testing.T, dir, stdin string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	tmp := filepath.Join(dir, "tmp")
	if err := os.MkdirAll(tmp, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chmod(dir, 0o777), os.Chmod(tmp, 0o777)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TMPDIR=" + tmp}
	cmd.Stdin = strings.NewReader(stdin)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	if left := list(t, tmp); len(left) > 0 {
		t.Errorf("%q left %q in TMPDIR", args, left)
	}
	return out.String(), errs.String(), code
}

// place is a directory that every user may reach.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "capture")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// shells are those that are installed.
func shells(t *testing.T) (list [][]string) {
	seen := map[string]bool{} // sh is one of the others
	for _, sh := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"busybox", "sh"}, {"mksh"}} {
		at, err := exec.LookPath(sh[0])
		if err == nil {
			at, err = filepath.EvalSymlinks(at)
		}
		if err != nil {
			t.Logf("%s is not installed", sh[0])
		} else if !seen[at] {
			seen[at] = true
			list = append(list, sh)
		}
	}
	return list
}

// TestCapture: what the script captures reads back as what netstat prints at
// that time on that machine, for every shell.
func TestCapture(t *testing.T) {
	m := newMachine(t)
	views := [][]string{
		{"-tan"}, {"-tanp"}, {"-tulnp"}, {"-ta", "--numeric-hosts"}, {"-uan"}, {"-tlne"}, {"-i"}, {"-ie"}, {"-rn"}, {"-gn"}, {"-xan"},
	}
	want := map[string]string{}
	for _, view := range views {
		want[view[0]], _, _ = m.run(t, place(t), "", append([]string{"netstat"}, view...)...)
	}
	for _, sh := range shells(t) {
		t.Run(strings.Join(sh, " "), func(t *testing.T) {
			dir := place(t)
			stdout, stderr, code := m.run(t, dir, captureScript, append(sh, "-s", "--", "-o", "web1.tar.gz")...)
			if code != 0 || stdout != "web1.tar.gz\n" || stderr != "" {
				t.Fatalf("exit %d, stdout %q, stderr %q", code, stdout, stderr)
			}
			if got := list(t, dir); !slices.Equal(got, []string{"tmp", "web1.tar.gz"}) {
				t.Errorf("it made %q", got)
			}
			file := filepath.Join(dir, "web1.tar.gz")
			for _, view := range views {
				stdout, stderr, code := ours(append(slices.Clone(view), file)...)
				if code != exitOK || stderr != "" || stdout != want[view[0]] {
					t.Errorf("%q: exit %d, stderr %q\ngot:\n%s\nwant:\n%s", view, code, stderr, stdout, want[view[0]])
				}
			}
			top := unpack(t, file)
			checkPrivate(t, file, top)
			checkSecond(t, m, top)
		})
	}
}

// unpack gives the one directory in the archive.
func unpack(t *testing.T, file string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-C", dir, "-xzf", file).CombinedOutput(); err != nil {
		t.Fatalf("tar: %v: %s", err, out)
	}
	names := list(t, dir)
	if len(names) != 1 || !regexp.MustCompile(`^coldstat-[A-Za-z0-9._-]+-\d{8}T\d{6}Z$`).MatchString(names[0]) {
		t.Fatalf("the archive holds %q, want one directory", names)
	}
	return filepath.Join(dir, names[0])
}

// checkPrivate: no arguments, nothing about people but names and numbers.
func checkPrivate(t *testing.T, file, top string) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(zr); err != nil || bytes.Contains(all, []byte(secret)) {
		t.Errorf("%v; an argument is in the archive: %v", err, bytes.Contains(all, []byte(secret)))
	}
	if text, err := os.ReadFile(filepath.Join(top, "proc/1/cmdline")); err != nil || string(text) != "/proc/self/exe\x00" {
		t.Errorf("proc/1/cmdline: %q, %v", text, err)
	}
	text, err := os.ReadFile(filepath.Join(top, "etc/passwd"))
	if err != nil || !regexp.MustCompile(`\A([^:\n]+:x:\d+:\d+:::\n)+\z`).Match(text) {
		t.Errorf("etc/passwd: %q, %v", text, err)
	}
	for _, name := range []string{"date", "date-end"} {
		if text, err := os.ReadFile(filepath.Join(top, name)); err != nil || !strings.Contains(string(text), " UTC ") {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// checkSecond: the other network namespace is a machine of its own.
func checkSecond(t *testing.T, m nsMachine, top string) {
	t.Helper()
	spaces := list(t, filepath.Join(top, "netns"))
	if len(spaces) != 1 {
		t.Fatalf("network namespaces: %q, want one besides the own", spaces)
	}
	children, err := os.ReadFile("/proc/" + m.pid + "/task/" + m.pid + "/children")
	if err != nil || len(strings.Fields(string(children))) == 0 {
		// Not the main thread's, or a kernel without that file.
		tasks, _ := filepath.Glob("/proc/" + m.pid + "/task/*/children")
		for _, f := range tasks {
			more, _ := os.ReadFile(f)
			children = append(children, more...)
		}
	}
	pids := strings.Fields(string(children))
	if len(pids) == 0 {
		t.Skip("needs /proc/PID/task/TID/children")
	}
	dir := filepath.Join(top, "netns", spaces[0])
	for _, view := range []string{"-tanp", "-i", "-rn"} {
		want, _, _ := nsMachine{pids[0]}.run(t, place(t), "", "netstat", view)
		for _, argv := range [][]string{{view, dir}, {view, "--netns", spaces[0], top}} {
			if stdout, stderr, code := ours(argv...); code != exitOK || stderr != "" || stdout != want {
				t.Errorf("%q: exit %d, stderr %q\ngot:\n%s\nwant:\n%s", argv, code, stderr, stdout, want)
			}
		}
	}
}

// TestCaptureToStdout: for ssh and kubectl exec, without root, while processes
// come and go.
func TestCaptureToStdout(t *testing.T) {
	m := newMachine(t)
	if _, err := exec.LookPath("setpriv"); err != nil {
		t.Skip("needs setpriv")
	}
	want, _, _ := m.run(t, place(t), "", "netstat", "-tan")
	for _, tt := range []struct {
		name, stderr, program string
		prefix                []string
	}{
		{"root", "", "1/exe", nil},
		{
			"nobody", "capture.sh: processes that do not show what they have open: N; programs and namespaces may be missing, root sees most\n", "-",
			[]string{"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := place(t)
			const coming = `while :; do sh -c 'sleep 0.01 & exec true'; done & "$@"; status=$?; kill $!; exit $status`
			args := append([]string{"sh", "-c", coming, "sh"}, append(tt.prefix, "sh", "-s", "--", "-o", "-")...)
			script := filepath.Join(dir, "capture.sh")
			if err := os.WriteFile(script, []byte(captureScript), 0o644); err != nil {
				t.Fatal(err)
			}
			stdout, stderr, code := m.run(t, dir, captureScript, args...)
			stderr = regexp.MustCompile(`: \d+;`).ReplaceAllString(stderr, ": N;")
			if code != 0 || stderr != tt.stderr {
				t.Fatalf("exit %d, stderr %q, want 0 and %q", code, stderr, tt.stderr)
			}
			file := filepath.Join(dir, "b.tar.gz")
			if err := os.WriteFile(file, []byte(stdout), 0o644); err != nil {
				t.Fatal(err)
			}
			if got, errs, code := ours("-tan", file); code != exitOK || errs != "" || got != want {
				t.Errorf("exit %d, stderr %q\ngot:\n%s\nwant:\n%s", code, errs, got, want)
			}
			got, _, _ := ours("-ltnp", file)
			if !regexp.MustCompile(`127\.0\.0\.1:80 .* ` + tt.program + ` *\n`).MatchString(got) {
				t.Errorf("want program %s:\n%s", tt.program, got)
			}
		})
	}
}

// TestCaptureFails: without an archive the exit status is not 0, and nothing is
// left; what was there stays.
func TestCaptureFails(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for i, sh := range shells(t) {
		for _, tt := range []struct {
			name   string
			args   []string
			broken string // a tool that fails
			stderr string // the last line
		}{
			{"no such directory", []string{"-o", "none/x.tar.gz"}, "", "error: cannot write none/x.tar.gz"},
			{"a directory", []string{"-o", "tmp"}, "", "error: tmp is there already"},
			{"there already", []string{"-o", "old"}, "", "error: old is there already"},
			{"a link", []string{"-o", "link"}, "", "error: cannot write link"},
			{"full", []string{"-o", "/dev/full"}, "", "error: cannot write the archive"},
			{"no tar", nil, "tar", "error: cannot write the archive"},
			{"no gzip", nil, "gzip", "error: cannot write the archive"},
			{"operand", []string{"x.tar.gz"}, "", "error: usage: sh capture.sh [-o FILE]"},
			{"option", []string{"-x"}, "", "error: usage: sh capture.sh [-o FILE]"},
		} {
			if i > 0 && strings.HasSuffix(tt.stderr, "the archive") {
				continue // one shell is enough for what takes long
			}
			t.Run(sh[0]+"/"+tt.name, func(t *testing.T) {
				dir, tools := t.TempDir(), t.TempDir()
				if err := os.WriteFile(filepath.Join(dir, "old"), []byte("old\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := os.Symlink("target", filepath.Join(dir, "link")); err != nil {
					t.Fatal(err)
				}
				if tt.broken != "" {
					if err := os.WriteFile(filepath.Join(tools, tt.broken), []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
						t.Fatal(err)
					}
				}
				args := slices.Concat([]string{"env", "PATH=" + tools + ":" + os.Getenv("PATH")}, sh, []string{"-s", "--"}, tt.args)
				stdout, stderr, code := capturing(t, dir, captureScript, args...)
				if code != 1 || stdout != "" || !strings.HasSuffix(stderr, "capture.sh: "+tt.stderr+"\n") {
					t.Errorf("exit %d, stdout %q, stderr %q, want 1, nothing and %q", code, stdout, stderr, tt.stderr)
				}
				if got := list(t, dir); !slices.Equal(got, []string{"link", "old", "tmp"}) {
					t.Errorf("left are %q", got)
				}
				if text, err := os.ReadFile(filepath.Join(dir, "old")); string(text) != "old\n" {
					t.Errorf("the old file: %q, %v", text, err)
				}
			})
		}
	}
}

// TestCaptureInterrupted: nothing is left, wherever it was.
func TestCaptureInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	for _, sh := range shells(t) {
		for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			t.Run(sh[0]+"/"+signal.String(), func(t *testing.T) {
				if sh[0] == "busybox" {
					t.Skip("it has its own tar, which is not slow")
				}
				dir, tools := t.TempDir(), t.TempDir()
				if err := os.WriteFile(filepath.Join(tools, "tar"), []byte("#!/bin/sh\necho >ready\nexec sleep 30\n"), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o755); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(sh[0], append(sh[1:], "-s")...)
				cmd.Dir = dir
				cmd.Env = []string{"PATH=" + tools + ":" + os.Getenv("PATH"), "TMPDIR=" + filepath.Join(dir, "tmp")}
				cmd.Stdin = strings.NewReader(captureScript)
				cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
				cmd.WaitDelay = 10 * time.Second
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				ready := filepath.Join(dir, "ready")
				for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
					if _, err := os.Stat(ready); err == nil {
						break
					}
					if time.Now().After(deadline) {
						syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
						t.Fatal("it does not get to the archive")
					}
				}
				if got := list(t, filepath.Join(dir, "tmp")); len(got) != 1 {
					t.Errorf("in TMPDIR meanwhile: %q, want one directory", got)
				}
				syscall.Kill(-cmd.Process.Pid, signal)
				exit, ok := errors.AsType[*exec.ExitError](cmd.Wait())
				if !ok || exit.ExitCode() != exitInterrupted {
					t.Errorf("%v, want exit status %d", exit, exitInterrupted)
				}
				if got := list(t, dir); !slices.Equal(got, []string{"ready", "tmp"}) || len(list(t, filepath.Join(dir, "tmp"))) > 0 {
					t.Errorf("left are %q and in TMPDIR %q", got, list(t, filepath.Join(dir, "tmp")))
				}
			})
		}
	}
}
