package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long a server that stops waits for requests in progress.
const grace = 10 * time.Second

// listenAndServe serves on o.addr, and logs to stdout, until SIGINT or SIGTERM. A
// second signal ends the process at once.
func listenAndServe(o options, stdout io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)

	ln, err := net.Listen("tcp", o.addr)
	if err != nil {
		return err
	}
	console.reset(stdout)
	// These two lines belong to no request: their ID is "-".
	logWithID("server", fmt.Sprintf("listening, try: curl -i -H 'X-Request-Id: mine' http://%s/order/me (or later, or mail)", ln.Addr()))
	err = newServer(o.faults).serve(ctx, ln)
	logWithID("server", "stopped")
	return err
}

// serve answers requests that come to ln until ctx is done, and then finishes those in
// progress.
func (s *server) serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: grace,
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				s.connections.Add(1)
			}
		},
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := srv.Shutdown(patience); err != nil {
		return fmt.Errorf("requests not answered within %v: %w", grace, err)
	}
	s.worker.stop()
	return nil
}
