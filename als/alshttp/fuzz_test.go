package alshttp_test

import (
	"bufio"
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/stretchr/testify/require"
)

// FuzzRequest checks for any request that a Handler calls the next one once, that the
// stores made from headers are within the fields' limits, and that no store is left.
func FuzzRequest(f *testing.F) {
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\nX-Id: r-42\r\nX-Tenant: t\r\n\r\n"), false)
	f.Add([]byte("POST /x HTTP/1.0\r\nx-id: a\r\nX-ID: b\r\nContent-Length: 1\r\n\r\nx"), true)
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\nX-Id:"+strings.Repeat(" x", 300)+"\r\n\r\n"), true)
	var id, tenant als.Storage[string]
	set := alsfield.NewSet(
		alsfield.String("X-Id", &id, alsfield.MaxBytes(64), alsfield.FromStrangers()),
		alsfield.String("X-Tenant", &tenant))
	f.Fuzz(func(t *testing.T, text []byte, trusted bool) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			return
		}
		calls := 0
		own := alshttp.NewStore("own", func(r *http.Request) *http.Request { return r })
		next := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			calls++
			require.Equal(t, r.Context(), als.Context())
			require.NotNil(t, own.Get())
			if got, ok := id.GetStore(); ok {
				require.Equal(t, []string{got}, r.Header.Values("X-Id"))
				require.LessOrEqual(t, len(got), 64)
			}
			if got, ok := tenant.GetStore(); ok {
				require.True(t, trusted, "a stranger's")
				require.Equal(t, []string{got}, r.Header.Values("X-Tenant"))
			}
		})
		h := alshttp.Handler(next, alshttp.Fields(set, func(*http.Request) bool { return trusted }), own)
		h.ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, 1, calls)
		require.Equal(t, als.ExecutionContext{}, als.Snapshot())
	})
}

var errSent = errors.New("sent")

// FuzzHeader checks that a Transport sends any store as one header that the receiver reads
// unchanged, except for blanks around it, or fails before it sends anything.
func FuzzHeader(f *testing.F) {
	for _, value := range []string{"r-42", "", " a ", "a\r\nX-Admin: 1", "\x00", "ä", "\x7f", "a\tb"} {
		f.Add(value)
	}
	var s als.Storage[string]
	f.Fuzz(func(t *testing.T, value string) {
		var wire bytes.Buffer
		base := roundTripper(func(r *http.Request) (*http.Response, error) {
			require.NoError(t, r.Write(&wire), "net/http refuses a value that we accept: %q", value)
			return nil, errSent
		})
		s.Run(value, func() {
			client := http.Client{Transport: alshttp.Transport(base, alshttp.HeaderFunc("X-Store", s.GetStore))}
			_, err := client.Get("http://localhost/")
			if !errors.Is(err, errSent) {
				require.Error(t, err)
				require.Zero(t, wire.Len())
				require.True(t, strings.ContainsFunc(value, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }), "%q", value)
			}
		})
		if wire.Len() == 0 {
			return
		}
		got, err := http.ReadRequest(bufio.NewReader(&wire))
		require.NoError(t, err, "%q", value)
		require.Equal(t, []string{strings.Trim(value, " \t")}, got.Header.Values("X-Store"))
		require.Len(t, got.Header, 2) // with User-Agent
	})
}
