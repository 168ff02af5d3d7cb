package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/coldstat/coldstat/fixtures"
)

// A lab is three machines, which are network namespaces: a client, a server, and the
// router between them. Each is this test binary, re-executed, which does what it is told
// on its standard input, line by line. The router is the parent of the other two, so that
// they share its user namespace where the test is not root.
type lab struct {
	t    *testing.T
	in   io.WriteCloser
	out  *bufio.Scanner
	pids map[string]string
}

const labEnv = "COLDSTAT_TEST_LAB" // router or host

func init() {
	switch os.Getenv(labEnv) {
	case "router":
		exitLab(beRouter())
	case "host":
		exitLab((&labHost{open: map[string]any{}}).serve(os.Stdin, os.Stdout))
	}
}

func exitLab(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// noLab skips a test that needs network namespaces, or fails it where
// REQUIRE_NAMESPACES=1 says that they must be there.
func noLab(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("REQUIRE_NAMESPACES") == "1" {
		t.Fatalf("network namespaces are required: %s", why)
	}
	t.Skipf("network namespaces cannot be used: %s", why)
}

// newLab starts the machines, and gives them addresses: the client is 10.9.1.2 to .4, the
// server 10.9.2.2 to .5.
func newLab(t *testing.T) *lab {
	t.Helper()
	if testing.Short() {
		t.Skip("-short")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		noLab(t, "ip is not installed")
	}
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = []string{labEnv + "=router", "PATH=" + os.Getenv("PATH") + ":/usr/sbin:/sbin", "LC_ALL=C"}
	cmd.SysProcAttr = fixtures.Isolated()
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		noLab(t, err.Error())
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() })
	l := &lab{t, in, bufio.NewScanner(out), map[string]string{}}
	for _, who := range []string{"router", "client", "server"} {
		pid, err := l.ask(who + " pid")
		if err != nil {
			noLab(t, err.Error())
		}
		l.pids[who] = pid
	}
	for _, line := range []string{
		"router run ip link set lo up", "client run ip link set lo up", "server run ip link set lo up",
		"router run ip link add near type veth peer name eth0 netns " + l.pids["client"],
		"router run ip link add far type veth peer name eth0 netns " + l.pids["server"],
		"router run ip address add 10.9.1.1/24 dev near", "router run ip address add 10.9.2.1/24 dev far",
		"router run ip link set near up", "router run ip link set far up", "router forward 1", "client forward 0", "server forward 0",
		"client run ip link set eth0 up", "server run ip link set eth0 up",
		"client run ip address add 10.9.1.2/24 dev eth0", "client run ip address add 10.9.1.3/24 dev eth0", "client run ip address add 10.9.1.4/24 dev eth0",
		"server run ip address add 10.9.2.2/24 dev eth0", "server run ip address add 10.9.2.3/24 dev eth0",
		"server run ip address add 10.9.2.4/24 dev eth0", "server run ip address add 10.9.2.5/24 dev eth0",
		"client run ip route add default via 10.9.1.1", "server run ip route add default via 10.9.2.1",
	} {
		if _, err := l.ask(line); err != nil {
			noLab(t, line+": "+err.Error())
		}
	}
	return l
}

// ask has a machine do something, and gives its answer.
func (l *lab) ask(line string) (string, error) {
	if _, err := fmt.Fprintln(l.in, line); err != nil {
		return "", err
	}
	if !l.out.Scan() {
		return "", errors.New("the machine has ended")
	}
	if text, failed := strings.CutPrefix(l.out.Text(), "error: "); failed {
		return "", errors.New(text)
	}
	return l.out.Text(), nil
}

// do has the machines do something that must succeed, one line after the other.
func (l *lab) do(lines ...string) {
	l.t.Helper()
	for _, line := range lines {
		if _, err := l.ask(line); err != nil {
			l.t.Fatalf("%s: %v", line, err)
		}
	}
}

// table gives a file of a machine's proc/net.
func (l *lab) table(who, name string) string {
	text, _ := os.ReadFile("/proc/" + l.pids[who] + "/net/" + name)
	return string(text)
}

// beRouter is the router, which hands on what the others are told.
func beRouter() error {
	type other struct {
		in  io.Writer
		out *bufio.Scanner
	}
	others := map[string]other{}
	for _, who := range []string{"client", "server"} {
		cmd := exec.Command("/proc/self/exe")
		cmd.Env = append(os.Environ(), labEnv+"=host")
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
		in, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return err
		}
		if err := cmd.Start(); err != nil {
			return err
		}
		defer cmd.Wait()
		defer in.Close()
		others[who] = other{in, bufio.NewScanner(out)}
	}
	self := &labHost{open: map[string]any{}}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		who, line, _ := strings.Cut(lines.Text(), " ")
		if o, ok := others[who]; ok {
			fmt.Fprintln(o.in, line)
			o.out.Scan()
			fmt.Println(o.out.Text())
			continue
		}
		fmt.Println(self.answer(line))
	}
	return nil
}

// A labHost is a machine from within.
type labHost struct{ open map[string]any }

func (h *labHost) serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewScanner(in)
	for lines.Scan() {
		fmt.Fprintln(out, h.answer(lines.Text()))
	}
	return lines.Err()
}

func (h *labHost) answer(line string) string {
	words := strings.Fields(line)
	if words[0] == "pid" {
		return fmt.Sprint(os.Getpid())
	}
	if err := h.do(words[0], words[1:]); err != nil {
		return "error: " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return "ok"
}

// small are buffers that are soon full, of sockets without keepalive.
func small(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096)
		syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_SNDBUF, 4096)
	})
}

func (h *labHost) do(what string, args []string) error {
	switch what {
	case "run":
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, out)
		}
		return nil
	case "forward": // 1 or 0
		return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte(args[0]+"\n"), 0)
	case "listen": // ADDRESS
		l, err := (&net.ListenConfig{Control: small, KeepAlive: -1}).Listen(context.Background(), "tcp4", args[0])
		h.open[args[0]] = l
		return err
	case "deaf": // PORT: a listener with room for one
		return h.deaf(args[0])
	case "udp": // ADDRESS
		u, err := net.ListenPacket("udp4", args[0])
		h.open[args[0]] = u
		return err
	case "dial", "dialing": // FROM TO [NAME]; dialing does not wait
		return h.dial(what, args)
	case "accept": // ADDRESS NAME
		c, err := h.open[args[0]].(net.Listener).Accept()
		h.open[args[1]] = c
		return err
	case "write":
		_, err := h.open[args[0]].(net.Conn).Write(make([]byte, 100))
		return err
	case "fill": // until nothing more goes in
		c := h.open[args[0]].(net.Conn)
		for {
			if err := c.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
				return err
			}
			n, err := c.Write(make([]byte, 64<<10))
			if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
				return nil
			}
			if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
				return err
			}
		}
	case "shut":
		return h.open[args[0]].(*net.TCPConn).CloseWrite()
	case "reset": // closes at once, with a RST instead of a FIN
		c := h.open[args[0]].(*net.TCPConn)
		return errors.Join(c.SetLinger(0), c.Close())
	}
	return fmt.Errorf("%q is nothing that can be done", what)
}

func (h *labHost) dial(what string, args []string) error {
	network, from := "tcp4", net.Addr(&net.TCPAddr{IP: net.ParseIP(args[0])})
	if what == "dial" && len(args) > 3 {
		network, from = "udp4", &net.UDPAddr{IP: net.ParseIP(args[0])}
	}
	d := &net.Dialer{LocalAddr: from, Control: small, KeepAlive: -1, Timeout: time.Minute}
	if what == "dialing" {
		go d.Dial(network, args[1])
		return nil
	}
	d.Timeout = 5 * time.Second
	c, err := d.Dial(network, args[1])
	h.open[args[2]] = c
	return err
}

func (h *labHost) deaf(port string) error {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	n, err := net.LookupPort("tcp", port)
	if err != nil {
		return err
	}
	return errors.Join(syscall.Bind(fd, &syscall.SockaddrInet4{Port: n}), syscall.Listen(fd, 0))
}
