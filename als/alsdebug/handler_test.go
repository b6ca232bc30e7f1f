package alsdebug

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/loss"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListGroupsByLabel(t *testing.T) {
	h := Handler()
	one := holds(t, "r-1", "")
	two := holds(t, "r-2", "s3cret")
	holds(t, "r-2", "")
	l := listFrom(t, h, "&size=500")
	row := rowWith(l.Rows, two)
	require.NotNil(t, row)
	assert.Equal(t, goroutine.ID(), row.Creator)
	assert.Contains(t, row.Started, "alsdebug.holds at ")
	if !labelsShown() {
		return
	}
	assert.Equal(t, "chan receive", row.State)
	assert.True(t, row.Exact)
	request := row.Stores[0]
	if request.Name != "request" {
		request = row.Stores[1]
	}
	assert.Equal(t, storeRow{Index: request.Index, Name: "request", Type: "string", Label: "r-2"}, request)
	assert.Equal(t, request.Index, l.GroupedBy, "the storage with most labels is the default")
	counts := map[string]int{}
	for _, g := range l.Groups {
		counts[g.Kind+" "+g.Label] += g.Count
	}
	assert.Equal(t, 1, counts["label r-1"])
	assert.Equal(t, 2, counts["label r-2"])
	for _, g := range l.Groups {
		if g.Label == "r-1" {
			l := listFrom(t, h, fmt.Sprintf("&store=%d&group=%s", request.Index, g.Key))
			require.Len(t, l.Rows, 1)
			assert.Equal(t, one, l.Rows[0].ID)
			assert.Equal(t, 1, l.Matching)
		}
	}
	for _, s := range l.Storages {
		if s.Name == "secret" {
			l := listFrom(t, h, fmt.Sprintf("&store=%d&size=500", s.Index))
			assert.Contains(t, kinds(l.Groups), "no label")
			assert.Contains(t, kinds(l.Groups), "no store")
		}
	}
}

func kinds(groups []groupRow) (ks []string) {
	for _, g := range groups {
		ks = append(ks, g.Kind)
	}
	return ks
}

// No view has a value of a storage without a Label.
func TestNoValueWithoutALabel(t *testing.T) {
	h := Handler()
	id := holds(t, "r-7", "s3cret")
	for _, target := range []string{"", "goroutine?id=" + fmt.Sprint(id)} {
		for _, accept := range []string{"text/html", "application/json", "text/plain"} {
			body := get(h, target, "Accept", accept).Body.String()
			assert.NotContains(t, body, "s3cret")
			assert.Contains(t, body, fmt.Sprint(id))
			if labelsShown() {
				assert.Contains(t, body, "secret")
				assert.Contains(t, body, "r-7", "the control")
			}
		}
	}
}

func TestFilterSortAndPage(t *testing.T) {
	h := Handler()
	var ids []uint64
	for i := range 7 {
		ids = append(ids, holds(t, fmt.Sprintf("filter-%d", 7-i), ""))
	}
	if !labelsShown() {
		t.Skip("labels are not shown here")
	}
	byID := slices.Sorted(slices.Values(ids)) // each P has its own range of IDs, and this goroutine may change its P
	l := listFrom(t, h, "&q=FILTER-&size=3&page=2")
	assert.Equal(t, 7, l.Matching)
	assert.Equal(t, byID[3:6], idsOf(l.Rows))
	l = listFrom(t, h, "&q=filter-&sort=label")
	assert.Equal(t, []uint64{ids[6], ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]}, idsOf(l.Rows))
	l = listFrom(t, h, "&q=filter-&sort=-id&size=2")
	assert.Equal(t, []uint64{byID[6], byID[5]}, idsOf(l.Rows))
	l = listFrom(t, h, "&q=filter-3&size=2&page=9")
	assert.Empty(t, l.Rows, "behind the last page")
	l = listFrom(t, h, fmt.Sprintf("&q=%d", ids[2]))
	assert.Contains(t, idsOf(l.Rows), ids[2], "an ID")
	l = listFrom(t, h, "&q=alsdebug.holds")
	assert.Subset(t, idsOf(l.Rows), ids, "where it was started")
	l = listFrom(t, h, "&q=no-such-thing")
	assert.Zero(t, l.Matching)
	for _, column := range columns {
		assert.Len(t, listFrom(t, h, "&q=filter-&sort="+column).Rows, 7, column)
	}
}

func idsOf(rows []goroutineRow) (ids []uint64) {
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

func TestParametersThatAreNotUnderstood(t *testing.T) {
	h := Handler()
	for target, parameter := range map[string]string{
		"?page=0": "page", "?page=x": "page", "?page=1048577": "page", "?size=501": "size", "?store=-1": "store",
		"?sort=color": "sort", "?format=xml": "format",
		"?q=" + strings.Repeat("x", 201): "q", "?group=" + strings.Repeat("x", 201): "group",
		"goroutine": "id", "goroutine?id=x": "id", "goroutine?id=1&format=xml": "format",
	} {
		w := get(h, target)
		assert.Equal(t, http.StatusBadRequest, w.Code, target)
		assert.Contains(t, w.Body.String(), "alsdebug: the parameter "+parameter+" is missing or not understood", target)
	}
	assert.Equal(t, http.StatusOK, get(h, "?page=1048576&size=500").Code, "also where an int has 32 bits")
	assert.Equal(t, http.StatusNotFound, get(h, "assets/list.html").Code)
	assert.Equal(t, http.StatusNotFound, get(h, "list.html").Code)
	assert.Equal(t, http.StatusOK, get(h, "style.css").Code)
	assert.Equal(t, "text/javascript; charset=utf-8", get(h, "page.js").Header().Get("Content-Type"))
}

// A prefix may be stripped with its last slash.
func TestBehindAPrefix(t *testing.T) {
	h := Handler()
	for _, prefix := range []string{"/debug/als", "/debug/als/"} {
		stripped := http.StripPrefix(prefix, h)
		for _, target := range []string{"", "?sort=-id", "goroutine?id=1", "style.css"} {
			assert.Equal(t, http.StatusOK, get(stripped, target).Code, "%s of %s", target, prefix)
		}
	}
}

func TestFormats(t *testing.T) {
	h := Handler()
	for _, c := range []struct{ target, accept, want string }{
		{"", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"},
		{"", "*/*", "text/plain; charset=utf-8"},
		{"", "", "text/plain; charset=utf-8"},
		{"", "application/json", "application/json"},
		{"?format=json", "text/html", "application/json"},
		{"?format=text", "text/html", "text/plain; charset=utf-8"},
		{"?format=html", "", "text/html; charset=utf-8"},
		{"goroutine?id=1", "text/html", "text/html; charset=utf-8"},
		{"goroutine?id=1&format=json", "", "application/json"},
		{"goroutine?id=1&format=text", "", "text/plain; charset=utf-8"},
	} {
		w := get(h, c.target, "Accept", c.accept)
		assert.Equal(t, http.StatusOK, w.Code)
		assert.Equal(t, c.want, w.Header().Get("Content-Type"), c)
		assert.NotEmpty(t, w.Body.String())
	}
	w := serve(h, http.MethodHead, "", "")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Empty(t, w.Body.String())
	assert.NotEmpty(t, w.Header().Get("Content-Length"))
}

// The page of a goroutine leads to its creator, and from there back.
func TestFollowAGoroutine(t *testing.T) {
	h := Handler()
	var parent, child uint64
	ready, hold, ended := make(chan bool), make(chan bool), make(chan bool)
	go requestID.Run("family", func() {
		parent = goroutine.ID()
		als.Go(func() {
			defer close(ended)
			child = goroutine.ID()
			ready <- true
			<-hold
		})
		<-hold
	})
	<-ready
	defer func() { close(hold); <-ended }()
	testkit.AwaitState(t, parent, "chan receive")
	testkit.AwaitState(t, child, "chan receive")
	page := get(h, fmt.Sprintf("goroutine?id=%d", child), "Accept", "text/html").Body.String()
	assert.Contains(t, page, fmt.Sprintf(`<a href="goroutine?id=%d" class="creator">`, parent))
	page = get(h, fmt.Sprintf("goroutine?id=%d", parent), "Accept", "text/html").Body.String()
	assert.Contains(t, page, "Goroutines that it started and that hold stores: 1")
	assert.Contains(t, page, fmt.Sprintf(`<a href="goroutine?id=%d" class="follow">`, child))
	assert.Contains(t, page, "TestFollowAGoroutine", "there are few goroutines, so there is a stack")

	var d detail
	require.NoError(t, json.Unmarshal(get(h, fmt.Sprintf("goroutine?id=%d&format=json", child)).Body.Bytes(), &d))
	assert.Equal(t, parent, d.Goroutine.Creator)
	assert.True(t, d.Holds)
	assert.Contains(t, d.Stack, "goroutine ")

	require.NoError(t, json.Unmarshal(get(h, "goroutine?id=999999999&format=json").Body.Bytes(), &d))
	assert.False(t, d.Found)
	assert.Contains(t, get(h, "goroutine?id=999999999").Body.String(), "It has exited.")
}

func TestGetChangesNothing(t *testing.T) {
	h := Handler()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		for _, action := range []string{"trace+losses", "watch+resources"} {
			serve(h, method, "?action="+action, "")
		}
	}
	l := listFrom(t, h, "")
	assert.False(t, l.Losses.On)
	assert.False(t, l.Resources.On)
	for _, method := range []string{http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch} {
		w := serve(h, method, "?action=trace+losses", "")
		assert.Equal(t, http.StatusMethodNotAllowed, w.Code)
		assert.Equal(t, "GET, HEAD, POST", w.Header().Get("Allow"))
	}
}

func TestPostMustComeFromThePage(t *testing.T) {
	for _, c := range []struct {
		header  []string
		allowed bool
	}{
		{nil, true}, // no browser
		{[]string{"Sec-Fetch-Site", "same-origin"}, true},
		{[]string{"Sec-Fetch-Site", "none"}, true},
		{[]string{"Sec-Fetch-Site", "same-site"}, false},
		{[]string{"Sec-Fetch-Site", "cross-site"}, false},
		{[]string{"Sec-Fetch-Site", "cross-site", "Origin", "http://ops.example:6060"}, false},
		{[]string{"Sec-Fetch-Site", "same-origin", "Origin", "http://other.example"}, true}, // through a proxy that rewrites Host
		{[]string{"Origin", "http://ops.example:6060"}, true},
		{[]string{"Origin", "http://OPS.example:6060"}, true},
		{[]string{"Origin", "http://ops.example"}, false},
		{[]string{"Origin", "http://evil.example"}, false},
		{[]string{"Origin", "http://ops.example:6060.evil.example"}, false},
		{[]string{"Origin", "null"}, false},
		{[]string{"Origin", ":"}, false},
	} {
		h := Handler()
		w := post(h, "watch resources", c.header...)
		l := listFrom(t, h, "")
		assert.Equal(t, c.allowed, l.Resources.On, c.header)
		if c.allowed {
			assert.Equal(t, http.StatusSeeOther, w.Code)
			assert.Equal(t, "./#resources", w.Header().Get("Location"))
			post(h, "stop watching resources")
		} else {
			assert.Equal(t, http.StatusForbidden, w.Code)
		}
	}
	h := Handler()
	assert.Equal(t, http.StatusBadRequest, post(h, "explode").Code)
	assert.Equal(t, http.StatusBadRequest, serve(h, http.MethodPost, "", "action=trace+losses&x="+strings.Repeat("x", 1<<20)).Code, "the body is limited")
}

func TestHeaders(t *testing.T) {
	h := Handler()
	for _, w := range []*httptest.ResponseRecorder{get(h, ""), get(h, "style.css"), get(h, "nothing"), post(h, "explode"), post(h, "x", "Origin", "null")} {
		assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		assert.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
		assert.Equal(t, "no-store", w.Header().Get("Cache-Control"))
		assert.NotEqual(t, "no-referrer", w.Header().Get("Referrer-Policy"), "browsers would send Origin: null")
	}
}

func TestLossesAreTracedOnDemand(t *testing.T) {
	if !loss.CanFind() {
		t.Skip("losses cannot be found here")
	}
	h := Handler()
	read := func() { testkit.InGoroutine(func() { requestID.Get() }) }
	requestID.Run("before", read)
	assert.Empty(t, listFrom(t, h, "").Losses.Found)
	assert.Equal(t, "./#losses", post(h, "trace losses").Header().Get("Location"))
	post(h, "trace losses") // nothing more
	requestID.Run("lost", read)
	l := listFrom(t, h, "")
	require.True(t, l.Losses.On)
	require.Len(t, l.Losses.Found, 1)
	found := l.Losses.Found[0]
	assert.Equal(t, "request", found.Storage)
	assert.Equal(t, goroutine.ID(), found.Creator)
	assert.Contains(t, found.Read, "TestLossesAreTracedOnDemand")
	page := get(h, "", "Accept", "text/html").Body.String()
	assert.Contains(t, page, "Stop tracing losses")
	assert.Contains(t, page, "TestLossesAreTracedOnDemand")
	assert.Contains(t, get(h, "").Body.String(), "finds no store of request (string)")
	post(h, "stop tracing losses")
	requestID.Run("unseen", func() { testkit.InGoroutine(func() { requestID.Get() }) })
	l = listFrom(t, h, "")
	assert.False(t, l.Losses.On)
	assert.Len(t, l.Losses.Found, 1, "losses that were found stay")
}

func TestLossesAreBounded(t *testing.T) {
	var l losses
	for range maxLosses + 3 {
		l.add(als.Loss{Storage: strings.Repeat("x", 1<<10)})
	}
	r := l.report()
	assert.Len(t, r.Found, maxLosses)
	assert.Equal(t, 3, r.Dropped)
	assert.Less(t, len(r.Found[0].Storage), 300)
}

func TestResourcesAreWatchedOnDemand(t *testing.T) {
	h := Handler()
	hooks.NewAsyncResource("before")
	post(h, "watch resources")
	defer post(h, "stop watching resources")
	hold, started := make(chan bool), make(chan uint64)
	query := hooks.NewAsyncResource("query")
	query.RunInAsyncScope(func() {
		als.Go(func() { started <- goroutine.ID(); <-hold })
	})
	<-started
	r := listFrom(t, h, "").Resources
	require.Len(t, r.Tree, 2)
	assert.Equal(t, resourceRow{ID: uint64(query.AsyncID()), Trigger: 1, Type: "query", Made: r.Tree[0].Made, By: goroutine.ID()}, r.Tree[0])
	assert.Equal(t, resourceRow{ID: r.Tree[1].ID, Trigger: uint64(query.AsyncID()), Depth: 1, Type: "GOROUTINE", Made: r.Tree[1].Made, By: goroutine.ID(), Running: 1}, r.Tree[1])
	assert.Contains(t, get(h, "", "Accept", "text/html").Body.String(), `<span class="indent"></span>`)
	close(hold)
	require.NoError(t, query.EmitDestroy())
	testkit.Eventually(t, "all are destroyed", func() bool { return listFrom(t, h, "").Resources.Live == 0 })
	assert.Equal(t, 2, listFrom(t, h, "").Resources.Made)
}

func TestResourcesAreBounded(t *testing.T) {
	var rs resources
	rs.live = make(map[uint64]*resource)
	for id := range uint64(maxResources + 5) {
		rs.init(id+2, "t", id+1, nil) // each triggers the next
	}
	rs.init(7, "t", 7, nil) // a resource cannot trigger itself
	r := rs.report()
	assert.Equal(t, maxResources, r.Live)
	assert.Equal(t, 6, r.Dropped)
	assert.Len(t, r.Tree, shownResources)
	rs.before(1 << 40)
	rs.after(2) // of a call that began before the watch
	assert.Zero(t, rs.report().Tree[0].Running)
}

// One picture is taken at a time, and it is kept for a moment.
func TestLimits(t *testing.T) {
	h := Handler().(*inspector)
	first := listFrom(t, h, "").Taken
	assert.Equal(t, first, listFrom(t, h, "").Taken)

	h.pictures.taking.Lock()
	assert.Equal(t, first, listFrom(t, h, "").Taken)
	afresh(h)
	w := get(h, "")
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	assert.Equal(t, "1", w.Header().Get("Retry-After"))
	assert.Contains(t, w.Body.String(), "another request is taking a picture")
	assert.Equal(t, http.StatusServiceUnavailable, post(h, "traceback").Code)
	h.pictures.taking.Unlock()

	for range maxRenderings {
		h.rendering <- struct{}{}
	}
	w = get(h, "")
	assert.Equal(t, http.StatusTooManyRequests, w.Code)
	assert.Equal(t, "1", w.Header().Get("Retry-After"))
	assert.Equal(t, http.StatusOK, get(h, "style.css").Code, "renders nothing")
	for range maxRenderings {
		<-h.rendering
	}

	h.unsent.Store(maxUnsent)
	w = get(h, "")
	assert.Equal(t, http.StatusTooManyRequests, w.Code)
	assert.Contains(t, w.Body.String(), "do not read")
	h.unsent.Store(0)

	w = serve(h, http.MethodPost, "", "action=traceback&id=1")
	assert.Equal(t, "goroutine?id=1", w.Header().Get("Location"))
	assert.Equal(t, "./", post(h, "traceback").Header().Get("Location"))
}

// A blockedWriter is the connection of a client that does not read.
type blockedWriter struct {
	http.ResponseWriter
	writes, read chan bool
}

func (w blockedWriter) Write(b []byte) (int, error) {
	w.writes <- true
	<-w.read
	return w.ResponseWriter.Write(b)
}

func TestAClientThatDoesNotReadKeepsNoOtherFromThePage(t *testing.T) {
	h := Handler().(*inspector)
	writes, read := make(chan bool), make(chan bool)
	var blocked sync.WaitGroup
	for range maxRenderings + 1 {
		blocked.Add(1)
		go func() {
			defer blocked.Done()
			h.ServeHTTP(blockedWriter{httptest.NewRecorder(), writes, read}, httptest.NewRequest(http.MethodGet, "/", nil))
		}()
		<-writes
	}
	assert.Equal(t, http.StatusOK, get(h, "").Code)
	assert.Positive(t, h.unsent.Load())
	close(read)
	blocked.Wait()
	assert.Zero(t, h.unsent.Load())
}

// Requests of all kinds run while the program changes stores, for the race detector.
func TestAtTheSameTime(t *testing.T) {
	h := Handler()
	var all sync.WaitGroup
	for i := range 4 {
		all.Add(2)
		go func() {
			defer all.Done()
			for range testkit.ScaledByG(t, 200) {
				requestID.Run(fmt.Sprint("busy-", i), func() { testkit.Through(als.Go, func() { secret.Run("x", func() {}) }) })
			}
		}()
		go func() {
			defer all.Done()
			for n := range testkit.ScaledByG(t, 40) {
				afresh(h)
				get(h, "?q=busy", "Accept", []string{"text/html", "application/json", ""}[n%3])
				post(h, []string{"watch resources", "trace losses", "stop watching resources", "stop tracing losses", "traceback"}[n%5])
			}
		}()
	}
	all.Wait()
	post(h, "stop watching resources")
	post(h, "stop tracing losses")
}
