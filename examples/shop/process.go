package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/contrib/alsotel"
)

// Environment variables that a process gets from its parent.
const (
	roleVariable  = "SHOP_ROLE"  // front, stock or mail
	otlpVariable  = "SHOP_OTLP"  // address of the receiver
	natsVariable  = "SHOP_NATS"  // URL of the NATS server
	peerVariable  = "SHOP_PEER"  // address of the stock, for the front
	styleVariable = "SHOP_STYLE" // ambient, or explicit for contexts in every signature
)

// serve is the main function of one of the three processes. It prints its address when
// it is ready, and then logs until its standard input is closed.
func serve(role string) error {
	explicit := os.Getenv(styleVariable) == explicitStyle
	flush, err := observe(role, explicit)
	if err != nil {
		return err
	}
	start := map[string]func() (addr string, stop func(), err error){"front": front, "stock": stock, "mail": mail}[role]
	if explicit {
		start = map[string]func() (addr string, stop func(), err error){"front": explicitFront, "stock": explicitStock, "mail": explicitMail}[role]
	}
	if start == nil {
		return errors.New("there is no such process")
	}
	addr, stop, err := start()
	if err != nil {
		return err
	}
	fmt.Println(addr)
	io.Copy(io.Discard, os.Stdin)
	stop()
	err = flush(context.Background())
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	slog.Info(ended, "allocations", m.Mallocs)
	return err
}

// ended is the message of a process's last line.
const ended = "ended"

// observe sets up logs and traces.
func observe(role string, explicit bool) (flush func(context.Context) error, err error) {
	var log slog.Handler = slog.NewJSONHandler(os.Stdout, nil)
	if explicit {
		log = contextHandler{log}
	} else {
		log = alslog.New(log, alslog.Attr("request", requestID), alslog.Attr("user", user), alsotel.LogAttrs())
	}
	slog.SetDefault(slog.New(log))

	exporter, err := otlptracegrpc.New(context.Background(),
		otlptracegrpc.WithEndpoint(os.Getenv(otlpVariable)), otlptracegrpc.WithInsecure())
	if err != nil {
		return nil, err
	}
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter, sdktrace.WithBlocking()), // no span may be missing
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", role))))
	if explicit {
		otel.SetTracerProvider(provider)
		otel.SetTextMapPropagator(propagation.TraceContext{})
	} else {
		useAmbientSpans(provider)
	}
	return provider.Shutdown, nil
}

// useAmbientSpans makes the ambient span the parent of new spans, in this process and the
// next.
func useAmbientSpans(provider trace.TracerProvider) {
	otel.SetTracerProvider(alsotel.TracerProvider(provider))
	otel.SetTextMapPropagator(alsotel.Propagator(propagation.TraceContext{}))
}

// A process is a child process.
type process struct {
	role   string
	addr   string
	cmd    *exec.Cmd
	in     io.Closer
	log    *bufio.Scanner
	logged chan struct{} // closed when the log has been read to its end
}

// start starts a process and waits until it is ready.
func start(role string, env ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{role: role, cmd: exec.Command(self), logged: make(chan struct{})}
	p.cmd.Env = append(append(os.Environ(), roleVariable+"="+role), env...)
	p.cmd.Stderr = os.Stderr
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
	p.in, p.log = in, bufio.NewScanner(out)
	if !p.log.Scan() {
		return nil, errors.Join(fmt.Errorf("%s has ended before it was ready", role), p.cmd.Wait())
	}
	p.addr = strings.TrimSpace(p.log.Text())
	return p, nil
}

// stop ends the process once it has exported all its spans. Read its log to the end
// before wait.
func (p *process) stop() { p.in.Close() }

func (p *process) wait() error {
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", p.role, err)
	}
	return nil
}
