package alshttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"os"
	"reflect"
	"strings"

	"github.com/seed-1938943e/goroutine/als"
)

// withCallbacks returns the request with its callbacks bound to the caller's context.
func withCallbacks(r *http.Request) *http.Request {
	ctx := r.Context()
	trace := httptrace.ContextClientTrace(ctx)
	calls := callsBack(r.Body)
	if trace == nil && !calls && r.GetBody == nil {
		return r
	}
	c := als.Snapshot()
	if c.IsZero() {
		return r
	}
	if trace != nil {
		// WithClientTrace calls the hooks of ctx, too, so they are hidden from it.
		ctx = httptrace.WithClientTrace(withoutTrace{ctx}, boundTrace(trace))
	}
	r = r.WithContext(ctx)
	if calls {
		r.Body = &boundBody{c, r.Body}
	}
	if getBody := r.GetBody; getBody != nil {
		r.GetBody = func() (body io.ReadCloser, err error) {
			c.Run(func() { body, err = getBody() })
			if callsBack(body) {
				body = &boundBody{c, body}
			}
			return body, err
		}
	}
	return r
}

// boundTrace returns the trace with its hooks bound, also those that a later release
// of Go may add.
func boundTrace(trace *httptrace.ClientTrace) *httptrace.ClientTrace {
	bound := *trace
	fields := reflect.ValueOf(&bound).Elem()
	for i := range fields.NumField() {
		if f := fields.Field(i); f.Kind() == reflect.Func && !f.IsNil() {
			f.Set(reflect.ValueOf(als.Bind(f.Interface())))
		}
	}
	return &bound
}

// withoutTrace is a context without the trace of httptrace, whose key is unexported.
type withoutTrace struct{ context.Context }

func (c withoutTrace) Value(key any) any {
	v := c.Context.Value(key)
	if _, ok := v.(*httptrace.ClientTrace); ok {
		return nil
	}
	return v
}

// A boundBody is the body of a request, read in the context of its sender: the
// transport reads it on a goroutine of the connection.
type boundBody struct {
	c als.ExecutionContext
	io.ReadCloser
}

func (b *boundBody) Read(p []byte) (n int, err error) {
	b.c.Run(func() { n, err = b.ReadCloser.Read(p) })
	return n, err
}

func (b *boundBody) Close() (err error) {
	b.c.Run(func() { err = b.ReadCloser.Close() })
	return err
}

// callsBack reports whether reading a body may call code of the program. Bytes and files
// do not, and must keep their types: the transport sends bytes in one packet with the
// headers, and files without copying them.
func callsBack(body io.ReadCloser) bool {
	if body == nil || body == http.NoBody {
		return false
	}
	var r any = body
	if v := reflect.ValueOf(body); isNopCloser(v.Type()) {
		r = v.Field(0).Interface()
	}
	switch r.(type) {
	case *bytes.Buffer, *bytes.Reader, *strings.Reader, *os.File:
		return false
	}
	return true
}

// isNopCloser reports whether io.NopCloser returned a type. Readers with WriteTo have
// their own.
func isNopCloser(t reflect.Type) bool { return t == nopCloser || t == nopCloserWriterTo }

var (
	nopCloser         = reflect.TypeOf(io.NopCloser(struct{ io.Reader }{}))
	nopCloserWriterTo = reflect.TypeOf(io.NopCloser(new(bytes.Buffer)))
)
