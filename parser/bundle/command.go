package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// maxSaid bounds what is kept of a command's messages.
const maxSaid = 1000

// commandWait is how long a command that was stopped may take to end, and what
// feeds it: a pipe may never give more.
const commandWait = time.Second

// A command decompresses a stream in a process of its own.
type command struct {
	cmd    *exec.Cmd
	out    io.ReadCloser
	said   saying
	closed bool
	err    error
}

// newCommand starts the program with -dc behind its arguments, on what r gives.
func newCommand(words []string, r io.Reader) (*command, error) {
	c := &command{cmd: exec.Command(words[0], append(words[1:len(words):len(words)], "-dc")...)}
	c.cmd.Stdin, c.cmd.Stderr, c.cmd.WaitDelay = r, &c.said, commandWait
	var err error
	if c.out, err = c.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("the command %q cannot be run: %w", words[0], err)
	}
	return c, nil
}

// Read ends in the command's failure, if it is one.
func (c *command) Read(p []byte) (int, error) {
	if c.closed {
		return 0, c.err
	}
	n, err := c.out.Read(p)
	if err == nil || n > 0 {
		return n, nil
	}
	c.closed, c.err = true, io.EOF
	// After a success it does not matter that nobody read the rest of a pipe.
	if failed := c.cmd.Wait(); failed != nil && !errors.Is(failed, exec.ErrWaitDelay) {
		c.err = fmt.Errorf("the command %q failed: %w%s", strings.Join(c.cmd.Args, " "), failed, c.said.behind())
	}
	if !errors.Is(err, io.EOF) {
		c.err = err
	}
	return 0, c.err
}

// close stops the command.
func (c *command) close() {
	if !c.closed {
		c.closed, c.err = true, io.EOF
		c.cmd.Process.Kill()
		c.cmd.Wait()
	}
}

// saying keeps the beginning of a command's messages.
type saying struct{ text bytes.Buffer }

func (s *saying) Write(p []byte) (int, error) {
	s.text.Write(p[:min(len(p), maxSaid-s.text.Len())])
	return len(p), nil
}

// behind gives them in one line, to stand behind an error.
func (s *saying) behind() string {
	text := strings.Join(strings.Fields(s.text.String()), " ")
	if text == "" {
		return ""
	}
	return ": " + text
}
