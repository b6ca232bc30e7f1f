package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/internal/testkit"
)

// listening matches the line that the server logs when it listens.
var listening = regexp.MustCompile(`^- +goroutine \d+ +listening, try: curl -i -H 'X-Request-Id: mine' (http://\S+)/order/me`)

func TestServeUntilASignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send itself an interrupt there")
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(sig.String(), func(t *testing.T) {
			r, w := io.Pipe()
			var stderr bytes.Buffer
			code := make(chan int, 1)
			go func() {
				defer w.Close()
				code <- run([]string{"-addr", "127.0.0.1:0"}, w, &stderr)
			}()
			out := bufio.NewScanner(r)
			next := func() string {
				t.Helper()
				require.True(t, out.Scan(), "the log has ended: %s", &stderr)
				return out.Text()
			}
			m := listening.FindStringSubmatch(next())
			require.NotNil(t, m, out.Text())

			// The server blocks until a line is read, so ask and read at the same time.
			type answer struct {
				id   string
				body string
				err  error
			}
			client := &http.Client{Transport: new(http.Transport)}
			defer client.CloseIdleConnections()
			for i, what := range asked {
				answers := make(chan answer, 1)
				go func() {
					resp, err := client.Get(m[1] + "/" + what + "/me")
					if err != nil {
						answers <- answer{err: err}
						return
					}
					defer resp.Body.Close()
					body, err := io.ReadAll(resp.Body)
					answers <- answer{resp.Header.Get("X-Request-Id"), string(body), err}
				}()
				var got []string
				for range steps[what] {
					got = append(got, next())
				}
				a := <-answers
				require.NoError(t, a.err)
				assert.Equal(t, "done\n", a.body)
				assert.Equal(t, strconv.Itoa(i), a.id)
				assert.ElementsMatch(t, steps[what], messages(parseLog(t, got), a.id))
			}

			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Signal(sig))
			assert.Regexp(t, `^- .* stopped$`, next())
			assert.Zero(t, <-code, &stderr)
			assert.False(t, out.Scan(), "after the last line: %q", out.Text())
			assert.Empty(t, stderr.String())
		})
	}
}

func TestServeAnswersWhatItHasBegun(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r, w := io.Pipe()
	console.reset(w)
	s := newServer(faults{})
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	served := make(chan error, 1)
	go func() {
		served <- s.serve(ctx, ln)
		w.Close()
	}()

	// The worker is busy, so the request is in progress until release.
	release := make(chan struct{})
	s.worker.submit(func() { <-release })
	type answer struct {
		id  string
		err error
	}
	answers := make(chan answer, 1)
	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	go func() {
		id, err := get(client, "http://"+ln.Addr().String(), wish{"mail", "last", "mine"})
		answers <- answer{id, err}
	}()
	out := bufio.NewScanner(r)
	require.True(t, out.Scan())
	require.Contains(t, out.Text(), "start")

	stop()
	testkit.Eventually(t, "the listener is closed", func() bool {
		c, err := net.Dial("tcp", ln.Addr().String())
		if err == nil {
			c.Close()
		}
		return err != nil
	})
	select {
	case err := <-served:
		t.Fatalf("did not wait for the request: %v", err)
	case a := <-answers:
		t.Fatalf("answered too early: %+v", a)
	default:
	}
	close(release)
	var rest []string
	for out.Scan() {
		rest = append(rest, out.Text())
	}
	require.NoError(t, <-served)
	select {
	case <-s.worker.ended:
	default:
		t.Error("the worker has not exited")
	}
	assert.Equal(t, answer{id: "mine"}, <-answers)
	assert.Equal(t, "deliver delivered finish", strings.Join(messages(parseLog(t, rest), "mine"), " "))
}

func TestServeReportsAListenerThatFails(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, ln.Close())
	assert.ErrorIs(t, newServer(faults{}).serve(context.Background(), ln), net.ErrClosed)
}

func TestAnAddressInUse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer ln.Close()
	code, stdout, stderr := execute("-addr", ln.Addr().String())
	assert.Equal(t, 1, code)
	assert.Empty(t, stdout)
	require.Len(t, stderr, 1)
	assert.Contains(t, stderr[0], ln.Addr().String())
}
