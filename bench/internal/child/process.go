package child

import (
	"errors"
	"fmt"
	"net/rpc"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/seed-1938943e/goroutine/bench/internal/measure"
)

// A Process is a child.
type Process struct {
	cmd    *exec.Cmd
	client *rpc.Client
	stderr excerpt
	once   sync.Once
}

// Start starts a binary as a child; path "" is this binary. env is added to the
// environment.
func Start(path string, env ...string) (*Process, error) {
	if path == "" {
		var err error
		if path, err = os.Executable(); err != nil {
			return nil, err
		}
	}
	p := &Process{cmd: exec.Command(path, Argument)}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stderr = &p.stderr
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.client = rpc.NewClient(pipe{out, in})
	return p, nil
}

// ErrTime is returned by Call if the child does not answer in time. Call then
// ends the child.
var ErrTime = errors.New("no answer in time")

// ErrCrash is returned by Call, with the reason, if the child crashes.
var ErrCrash = errors.New("crashes")

// Call calls a method of [Worker]. A timeout of 0 waits for ever.
func (p *Process) Call(method string, args, reply any, timeout time.Duration) error {
	call := p.client.Go("Worker."+method, args, reply, make(chan *rpc.Call, 1))
	var late <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-call.Done:
	case <-late:
		p.Close()
		return fmt.Errorf("%w (%v)", ErrTime, timeout)
	}
	var remote rpc.ServerError
	if call.Error == nil || errors.As(call.Error, &remote) {
		return call.Error
	}
	p.Close()
	return fmt.Errorf("%w: %s", ErrCrash, reason(p.stderr.String(), call.Error))
}

// Close ends the child.
func (p *Process) Close() {
	p.once.Do(func() {
		p.client.Close() // the child sees the end of its input
		timer := time.AfterFunc(time.Second, func() { p.cmd.Process.Kill() })
		defer timer.Stop()
		p.cmd.Wait() // its output says more than its status
	})
}

// reason finds the line of a crashed program's output that says why it crashed.
func reason(output string, otherwise error) string {
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		for _, start := range []string{"fatal error: ", "panic: ", "SIG", "runtime: "} {
			if strings.HasPrefix(line, start) {
				return line
			}
		}
	}
	return otherwise.Error()
}

// An excerpt keeps the beginning of what is written to it.
type excerpt struct {
	mu   sync.Mutex
	text strings.Builder
}

func (e *excerpt) Write(b []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	const enough = 1 << 16
	if room := enough - e.text.Len(); room > 0 {
		e.text.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

func (e *excerpt) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.text.String()
}

// Turn prepares an operation in the child.
func (p *Process) Turn(o Operation) (measure.Turn, error) {
	if err := p.Call("Start", o, new(struct{}), 0); err != nil {
		return nil, err
	}
	return turn{p}, nil
}

type turn struct{ p *Process }

func (t turn) Time(n int) (d time.Duration, err error) {
	err = t.p.Call("Time", n, &d, 0)
	return d, err
}

func (t turn) Cost(n int) (c measure.Cost, err error) {
	err = t.p.Call("Cost", n, &c, 0)
	return c, err
}

// End leaves the operation's scopes. It fails only if the child has exited.
func (t turn) End() { _ = t.p.Call("End", struct{}{}, new(struct{}), 0) }
