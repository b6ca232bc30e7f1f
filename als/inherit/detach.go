package inherit

import (
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/internal/g"
)

// detached has the functions whose goroutines start without stores.
var detached = detachedFunctions{
	entry: g.Start,
	names: map[string]bool{
		// An HTTP connection outlives the request for which it was dialled.
		"net/http.(*persistConn).readLoop":               true,
		"net/http.(*persistConn).writeLoop":              true,
		"net/http.(*http2ClientConn).readLoop":           true, // up to Go 1.26
		"net/http/internal/http2.(*ClientConn).readLoop": true, // from Go 1.27 on
		"golang.org/x/net/http2.(*ClientConn).readLoop":  true,
		// A gRPC connection, its resolver and its balancer serve every RPC of a client.
		"google.golang.org/grpc.(*addrConn).connect":                          true,
		"google.golang.org/grpc.(*addrConn).resetTransportAndUnlock":          true,
		"google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run":  true,
		"google.golang.org/grpc/internal/resolver/dns.(*dnsResolver).watcher": true,
		"google.golang.org/grpc/internal/transport.(*http2Client).keepalive":  true,
		"google.golang.org/grpc/internal/transport.(*http2Client).reader":     true,
		// These live as long as the DB.
		"database/sql.(*DB).connectionOpener":  true,
		"database/sql.(*DB).connectionCleaner": true,
	},
}

// detachedFunctions is a set of functions by their names.
type detachedFunctions struct {
	mu    sync.RWMutex
	names map[string]bool
	known map[uintptr]bool // whether names has a function, by the address that entry returned
	entry func() uintptr   // the address of the caller's start function: g.Start, except in a test

	given   map[string]bool // names from DetachNamed that unknown has not looked for yet
	missing []string        // those that it has not found
}

// Detach makes goroutines that a go statement starts with fn start without stores, and
// without the profiler labels that show their creators' stores. It is for goroutines
// that outlive the work that starts them, such as the loop of a connection. Call it from
// an init function: goroutines that have already read a store keep theirs.
//
// fn is a function or a method expression such as (*Conn).loop. For an unexported
// function of another package use [DetachNamed].
//
// It panics if fn is nil or not a function.
func Detach(fn any) {
	v := reflect.ValueOf(fn)
	if !v.IsValid() || v.Kind() != reflect.Func || v.IsNil() {
		panic("inherit: Detach: fn is nil or not a function")
	}
	detached.add(runtime.FuncForPC(v.Pointer()).Name())
}

// DetachNamed is [Detach] for the function with this name. Tracebacks show it as the
// last function of a goroutine before "created by", without the arguments:
// "net/http.(*persistConn).readLoop".
//
// If the program has no such function, [Status] returns an error. DetachNamed panics if
// name is empty.
func DetachNamed(name string) {
	if name == "" {
		panic("inherit: DetachNamed: name is empty")
	}
	detached.add(name)
	detached.mu.Lock()
	defer detached.mu.Unlock()
	if detached.given == nil {
		detached.given = make(map[string]bool)
	}
	detached.given[name] = true
}

// add adds a function to those that are detached.
func (d *detachedFunctions) add(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names[strings.TrimSuffix(name, "-fm")] = true // a bound method is a wrapper with this suffix
	d.known = nil
}

// unknown returns an error if the program lacks a function that DetachNamed was given.
func (d *detachedFunctions) unknown() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.given) > 0 {
		eachFunction(func(name string) bool {
			delete(d.given, name)
			return len(d.given) > 0
		})
		d.missing = append(d.missing, slices.Sorted(maps.Keys(d.given))...)
		d.given = nil
	}
	if len(d.missing) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrUnknownName, strings.Join(d.missing, ", "))
}

// includesCaller reports whether the caller's goroutine starts without stores.
func (d *detachedFunctions) includesCaller() bool {
	pc := d.entry()
	d.mu.RLock()
	is, ok := d.known[pc]
	d.mu.RUnlock()
	if ok {
		return is
	}
	name := startFunction()
	d.mu.Lock()
	defer d.mu.Unlock()
	is = d.names[name]
	if pc != 0 {
		if d.known == nil {
			d.known = make(map[uintptr]bool)
		}
		d.known[pc] = is
	}
	return is
}

// startFunction returns the name of the function in the go statement that started the
// caller's goroutine. It skips the wrapper that a go statement with arguments starts.
func startFunction() string {
	pcs := make([]uintptr, 64)
	n := runtime.Callers(0, pcs)
	for n == len(pcs) {
		pcs = make([]uintptr, 4*len(pcs))
		n = runtime.Callers(0, pcs)
	}
	name := ""
	frames := runtime.CallersFrames(pcs[:n])
	for {
		frame, more := frames.Next()
		if frame.Function != "runtime.goexit" && !strings.Contains(frame.Function, ".gowrap") {
			name = frame.Function
		}
		if !more {
			return name
		}
	}
}
