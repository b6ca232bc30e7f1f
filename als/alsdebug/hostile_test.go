package alsdebug

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/hooks"
	"github.com/seed-1938943e/goroutine/internal/async"
	"github.com/seed-1938943e/goroutine/internal/inspect"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

// Names and labels that the program chose are never markup on the page.
func TestHostileNamesAndLabels(t *testing.T) {
	h := Handler()
	for _, hostile := range []string{
		`<script>alert(1)</script>`,
		`"><img src=x onerror=alert(1)>`,
		`' onmouseover='alert(1)`,
		"</code></table><h1>owned",
		"first\nsecond\r\n\r\nHTTP/1.1 200 OK",
		"\x1b[2J\x00\x07\u202edesrever\u2028",
		"\xff\xfe invalid \xc3(",
		strings.Repeat("<b>🙂\n", 1<<20/9),
		"javascript:alert(1)",
		"{{.}}",
	} {
		s := als.New(als.Options[int]{Name: hostile, Label: func(int) string { return hostile }})
		done, ready := make(chan bool), make(chan bool)
		go s.Run(1, func() { ready <- true; <-done })
		<-ready
		post(h, "watch resources")
		r := hooks.NewAsyncResource(hostile)
		h.(*inspector).losses.add(als.Loss{Storage: hostile, Type: hostile, Read: als.Place{Function: hostile, File: hostile}, Go: als.Place{Function: hostile}})
		afresh(h)
		for _, accept := range []string{"text/html", "text/plain", "application/json"} {
			w := get(h, "", "Accept", accept)
			body := w.Body.String()
			assert.Equal(t, http.StatusOK, w.Code)
			assert.Less(t, len(body), 100_000, "cut")
			assert.Equal(t, body, strings.ToValidUTF8(body, "?"))
			for _, c := range body {
				assert.False(t, c < ' ' && c != '\n' && c != '\t' || c == '\u202e' || c == '\u2028', "%q", c)
			}
			switch accept {
			case "text/html":
				for _, bad := range []string{"<script>alert", "<img", "onmouseover='", "<h1>owned", "<b>", `href="javascript:`} {
					assert.NotContains(t, body, bad)
				}
			case "text/plain":
				assert.NotContains(t, body, "\nsecond")
				assert.NotContains(t, body, "\nHTTP/")
			}
		}
		assert.NoError(t, r.EmitDestroy())
		close(done)
	}
	post(h, "stop watching resources")
}

// A query is escaped in the page that shows it.
func TestHostileQuery(t *testing.T) {
	h := Handler()
	w := get(h, `?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&group=%22%3E%3Cb%3E`, "Accept", "text/html")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.NotContains(t, w.Body.String(), "<script>alert")
	assert.NotContains(t, w.Body.String(), "<b>")
	assert.Contains(t, w.Body.String(), "&lt;script&gt;alert", "the control")
}

// The name of a storage is searched once, not once for each goroutine with its store.
func TestFilterWithALongName(t *testing.T) {
	s := als.New(als.Options[int]{Name: strings.Repeat("É", 1<<19)})
	done, ready := make(chan bool), make(chan bool)
	defer close(done)
	for range 2 {
		go s.Run(1, func() { ready <- true; <-done })
		<-ready
	}
	h := Handler()
	get(h, "")
	p, _ := h.(*inspector).pictures.kept()
	m := newMatcher("no such thing")
	var holders []*inspect.Goroutine
	for i := range p.Holders {
		if slices.ContainsFunc(p.Holders[i].Stores, func(h async.HeldStore) bool { return len(h.Key.Name) == 1<<20 }) {
			holders = append(holders, &p.Holders[i])
			assert.False(t, m.matches(&p.Holders[i]))
		}
	}
	if len(holders) < 2 {
		t.Skip("stores of other goroutines are not shown here")
	}
	assert.Zero(t, testing.AllocsPerRun(10, func() {
		for _, held := range holders {
			for _, s := range held.Stores {
				m.hasStorage(s.Key)
			}
		}
	}))
}

func TestShort(t *testing.T) {
	for in, want := range map[string]string{
		"":                            "",
		"plain Ünïcödé 🙂":             "plain Ünïcödé 🙂",
		"a\nb":                        `a\nb`,
		`"quoted" and a \`:            `"quoted" and a \`,
		"\"quoted\"\n":                `"quoted"\n`,
		"\xff":                        `\xff`,
		strings.Repeat("x", 200):      strings.Repeat("x", 200),
		strings.Repeat("x", 201):      strings.Repeat("x", 200) + "… (201 bytes)",
		"x" + strings.Repeat("🙂", 60): "x" + strings.Repeat("🙂", 49) + "… (241 bytes)",
	} {
		assert.Equal(t, want, short(in))
	}
}

// A hundred thousand goroutines make a page as long as fifty do.
func TestManyGoroutines(t *testing.T) {
	h := Handler()
	n := testkit.AtOnce(t, 100_000)
	stop, started := make(chan bool), make(chan bool)
	defer close(stop)
	for i := range n {
		als.Go(func() { requestID.Run(fmt.Sprint("many-", i%1000), func() { started <- true; <-stop }) })
	}
	for range n {
		<-started
	}
	w := get(h, "?q=many-&page=3", "Accept", "text/html")
	assert.Equal(t, http.StatusOK, w.Code)
	assert.Less(t, w.Body.Len(), 100_000)
	if labelsShown() {
		var l list
		testkit.Eventually(t, "all are parked", func() bool {
			afresh(h)
			l = listFrom(t, h, "&q=many-&page=3")
			return l.Matching == n
		})
		assert.Len(t, l.Rows, defaultSize)
		assert.Len(t, l.Groups, shownGroups)
		assert.Equal(t, min(n, 1000), l.GroupCount)
	}
	if n > askedLimit {
		assert.Equal(t, http.StatusServiceUnavailable, post(h, "traceback").Code)
	}
}
