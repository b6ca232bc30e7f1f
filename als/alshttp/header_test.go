package alshttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHeadersFromStores(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Header.Values("X-User"), r.Header.Values("X-Tenant"))
	}))
	var user, tenant als.Storage[string]
	client := &http.Client{Transport: alshttp.Transport(s.Client().Transport,
		alshttp.Header("x-user", user.Get), alshttp.Header("X-Tenant", tenant.Get))}
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	require.NoError(t, err)
	assert.Equal(t, "[] []", answer(t, client, r))
	user.Run("alice", func() {
		assert.Equal(t, "[alice] []", answer(t, client, r))
		tenant.Run("acme", func() { assert.Equal(t, "[alice] [acme]", answer(t, client, r)) })
		assert.Empty(t, r.Header, "the request is not changed")
		r.Header.Set("X-User", "explicit")
		assert.Equal(t, "[explicit] []", answer(t, client, r))
		r.Header = nil
		assert.Equal(t, "[alice] []", answer(t, client, r))
	})
}

// An absent store, an empty one and zero differ.
func TestAHeaderFuncReportsWhetherThereIsAValue(t *testing.T) {
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%q %q", r.Header.Values("X-User"), r.Header.Values("X-Tenant"))
	}))
	var user als.Storage[int]
	var tenant als.Storage[string]
	client := &http.Client{Transport: alshttp.Transport(s.Client().Transport,
		alshttp.HeaderFunc("x-user", func() (string, bool) {
			id, ok := user.GetStore()
			return strconv.Itoa(id), ok
		}),
		alshttp.HeaderFunc("X-Tenant", tenant.GetStore))}
	ask := func() string { return answer(t, client, request(t, s, "")) }
	assert.Equal(t, `[] []`, ask())
	user.Run(0, func() {
		assert.Equal(t, `["0"] []`, ask())
		tenant.Run("", func() { assert.Equal(t, `["0"] [""]`, ask()) })
		user.Exit(func() { assert.Equal(t, `[] []`, ask()) })
	})
}

func TestAHeaderOfTheRequestItselfWins(t *testing.T) {
	value := "store"
	var sent http.Header
	spy := roundTripper(func(r *http.Request) (*http.Response, error) { sent = r.Header; return nil, io.EOF })
	tr := alshttp.Transport(spy, alshttp.Header("X-User", func() string { return value }))
	for _, own := range []http.Header{
		{"X-User": {"own"}},
		{"x-user": {"own"}}, // not canonical, which some servers need
		{"X-User": {""}},
		{"X-User": nil}, // sends none
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header = own.Clone()
		tr.RoundTrip(r)
		assert.Equal(t, own, sent)
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header = http.Header{"X-Used": {"other"}}
	tr.RoundTrip(r)
	assert.Equal(t, http.Header{"X-Used": {"other"}, "X-User": {"store"}}, sent)
}

// A value that would end the header never reaches the base.
func TestAnInvalidHeaderValueFailsTheRequest(t *testing.T) {
	sent := 0
	spy := roundTripper(func(*http.Request) (*http.Response, error) { sent++; return nil, io.EOF })
	for _, value := range []string{"secret\r\nX-Admin: 1", "secret\n", "secret\x00", "secret\x7f"} {
		tr := alshttp.Transport(spy, alshttp.Header("X-User", func() string { return value }))
		body := &closing{Reader: strings.NewReader("body")}
		r := httptest.NewRequest(http.MethodPost, "/", body)
		_, err := tr.RoundTrip(r)
		assert.EqualError(t, err, "alshttp: the value of header X-User has a control character")
		assert.True(t, body.closed, "a RoundTripper closes the body also when it fails")
		r.Body = nil
		_, err = tr.RoundTrip(r)
		assert.Error(t, err)
	}
	assert.Zero(t, sent)
	for _, value := range []string{"a\tb", "ü", " "} { // net/http accepts these
		tr := alshttp.Transport(spy, alshttp.Header("X-User", func() string { return value }))
		_, err := tr.RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil))
		assert.ErrorIs(t, err, io.EOF, "%q", value)
	}
	assert.Equal(t, 3, sent)
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// Names and values are valid here if net/http sends them.
func TestHeadersAreValidAsInNetHTTP(t *testing.T) {
	dialled := errors.New("dialled")
	strict := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, dialled }}
	accepts := func(name, value string) bool {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
		r.Header = http.Header{name: {value}}
		_, err := strict.RoundTrip(r)
		return errors.Is(err, dialled)
	}
	spy := roundTripper(func(*http.Request) (*http.Response, error) { return nil, dialled })
	for b := range 256 {
		name, value := "X"+string([]byte{byte(b)})+"Y", "v"+string([]byte{byte(b)})+"w"
		assert.Equal(t, accepts(name, ""), testkit.Caught(func() { alshttp.Header(name, func() string { return "" }) }) == nil, "name %q", name)
		tr := alshttp.Transport(spy, alshttp.Header("X", func() string { return value }))
		_, err := tr.RoundTrip(httptest.NewRequest(http.MethodGet, "/", nil))
		assert.Equal(t, accepts("X", value), errors.Is(err, dialled), "value %q", value)
	}
}
