package alshttp_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/als/alshttp"
)

func TestFieldsTravelThroughTwoServers(t *testing.T) {
	var id, tenant als.Storage[string]
	set := alsfield.NewSet(
		alsfield.String("x-request-id", &id, alsfield.FromStrangers()),
		alsfield.String("x-tenant", &tenant))
	inner := func(r *http.Request) bool { return r.Header.Get("X-Inner") == "yes" }
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, id.Get()+" of "+tenant.Get())
	})
	back := httptest.NewServer(alshttp.Handler(answer, alshttp.Fields(set, inner)))
	defer back.Close()
	client := &http.Client{Transport: alshttp.Transport(nil, alshttp.SendFields(set), alshttp.Header("X-Inner", func() string { return "yes" }))}
	front := httptest.NewServer(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, tenant.Get(), "of a stranger")
		tenant.Run("acme", func() {
			res, err := client.Get(back.URL)
			if assert.NoError(t, err) {
				defer res.Body.Close()
				io.Copy(w, res.Body)
			}
		})
	}), alshttp.Fields(set, nil)))
	defer front.Close()

	r, err := http.NewRequest(http.MethodGet, front.URL, nil)
	require.NoError(t, err)
	r.Header.Set("X-Request-Id", "r-1")
	r.Header.Set("X-Tenant", "stolen")
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Equal(t, "r-1 of acme", string(body))
	assert.Equal(t, alsfield.Drops{Stranger: 1}, set.Drops("X-Tenant"))
}

func TestFieldsAreReadAndSentInTheOrderOfTheOptions(t *testing.T) {
	var id als.Storage[string]
	set := alsfield.NewSet(alsfield.String("x-request-id", &id, alsfield.FromStrangers(), alsfield.MaxBytes(8)))
	later := alshttp.NewStore("later", func(*http.Request) string { return "after " + id.Get() })
	handle := func(r *http.Request) (seen string) {
		alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen = later.Get() }),
			alshttp.Fields(set, nil), later).ServeHTTP(httptest.NewRecorder(), r)
		return seen
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Request-Id", "r-1")
	assert.Equal(t, "after r-1", handle(r))
	r.Header.Set("X-Request-Id", strings.Repeat("r", 9))
	assert.Equal(t, "after ", handle(r))
	r.Header["X-Request-Id"] = []string{"a", "b"}
	assert.Equal(t, "after ", handle(r))
	assert.Equal(t, alsfield.Drops{Oversized: 1, Repeated: 1}, set.Drops("x-request-id"))

	var sent http.Header
	base := roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header
		return httptest.NewRecorder().Result(), nil
	})
	transport := alshttp.Transport(base, alshttp.SendFields(set))
	for store, want := range map[string]http.Header{"r-2": {"X-Request-Id": {"r-2"}}, "too long a value": nil} {
		id.Run(store, func() {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.Header = nil
			_, err := transport.RoundTrip(r)
			require.NoError(t, err)
			assert.Equal(t, want, sent)
		})
	}
}

func TestAPanicInAParseFunctionReachesRecover(t *testing.T) {
	var id als.Storage[string]
	panics := func(string) (string, error) { panic("parse") }
	set := alsfield.NewSet(alsfield.New("x", &id, func(s string) string { return s }, panics, alsfield.FromStrangers()))
	var got any
	h := alshttp.Handler(http.NotFoundHandler(), alshttp.Fields(set, nil),
		alshttp.Recover(func(_ http.ResponseWriter, _ *http.Request, recovered any) { got = recovered }))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X", "1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	assert.Equal(t, "parse", got)
	assert.Equal(t, http.StatusInternalServerError, w.Code)
}

func TestMisuseOfFields(t *testing.T) {
	assert.PanicsWithValue(t, "alshttp: Fields: set is nil", func() { alshttp.Fields(nil, nil) })
	assert.PanicsWithValue(t, "alshttp: SendFields: set is nil", func() { alshttp.SendFields(nil) })
}
