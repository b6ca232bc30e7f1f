package browsertest

import (
	"context"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsdebug"
	"github.com/seed-1938943e/goroutine/internal/testkit"
)

var screenshot = flag.String("screenshot", "", "write a picture of the page to this file")

var (
	request = als.New(als.Options[string]{Name: "request", RevokeOnEnd: true, Label: func(id string) string { return id }})
	tenant  = als.New(als.Options[string]{Name: "tenant", Label: func(name string) string { return name }})
	token   = als.New(als.Options[string]{Name: "token"})
)

// A program has goroutines with stores, and serves the page that shows them.
type program struct {
	t    *testing.T
	url  string // of the page
	hold chan struct{}
	all  sync.WaitGroup
}

// newProgram starts a server with the page. It and its goroutines end with the test.
func newProgram(t *testing.T) *program {
	mux := http.NewServeMux()
	mux.Handle("/debug/als/", alsdebug.Handler())
	server := httptest.NewServer(mux)
	p := &program{t: t, url: server.URL + "/debug/als/", hold: make(chan struct{})}
	t.Cleanup(func() {
		close(p.hold)
		p.all.Wait()
		server.Close()
	})
	return p
}

// serve starts a goroutine for a request, and that one a child; both wait. It returns
// their IDs.
func (p *program) serve(id, of string) (parent, child uint64) {
	ids := make(chan uint64)
	p.all.Add(2)
	go func() {
		defer p.all.Done()
		tenant.Run(of, func() {
			request.Run(id, func() {
				token.Run("a secret of "+of, func() {
					als.Go(func() {
						defer p.all.Done()
						ids <- goroutine.ID()
						<-p.hold
					})
				})
				ids <- goroutine.ID()
				<-p.hold
			})
		})
	}()
	first, second := <-ids, <-ids
	testkit.AwaitState(p.t, first, "chan receive")
	testkit.AwaitState(p.t, second, "chan receive")
	if first > second { // which of the two was first is chance; the child is younger
		first, second = second, first
	}
	return first, second
}

// lose loses the store of a request in a plain goroutine.
func (p *program) lose() {
	done := make(chan struct{})
	request.Run("lost", func() {
		go func() {
			defer close(done)
			request.Get()
		}()
	})
	<-done
}

// A page is a tab of the browser.
type page struct {
	t   *testing.T
	ctx context.Context

	mu       sync.Mutex
	problems []string // errors and warnings of the browser
}

// open opens a tab at an address.
func open(t *testing.T, url string, before ...step) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(started(t))
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	p := &page{t: t, ctx: ctx}
	require.NoError(t, chromedp.Listen(ctx, func(event any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			p.problems = append(p.problems, e.ExceptionDetails.Text)
		case *log.EventEntryAdded:
			p.problems = append(p.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	}))
	p.do(append(before, chromedp.Navigate(url))...)
	return p
}

// browser is shared by all tests; each opens its own tabs.
var browser struct {
	ctx  context.Context
	stop []context.CancelFunc
}

func TestMain(m *testing.M) {
	code := m.Run()
	for _, stop := range slices.Backward(browser.stop) {
		stop()
	}
	os.Exit(code)
}

// started returns the context of the browser, which the first test starts.
func started(t *testing.T) context.Context {
	if browser.ctx != nil {
		return browser.ctx
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(installed(t)),
		chromedp.NoSandbox, // as root, which tests in a container are
		chromedp.WindowSize(1280, 900),
	)...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	require.NoError(t, chromedp.Do(ctx))
	browser.ctx, browser.stop = ctx, []context.CancelFunc{stop, stopBrowser}
	return ctx
}

// installed returns the path of the browser.
func installed(t *testing.T) string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium; on Debian: apt-get install chromium")
	return ""
}

// A step is an action without a result.
type step = chromedp.Action[chromedp.Void]

func (p *page) do(steps ...step) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, steps...))
}

// result returns the result of an action.
func result[T any](p *page, action chromedp.Action[T]) T {
	p.t.Helper()
	r, err := chromedp.Run(p.ctx, action)
	require.NoError(p.t, err)
	return r
}

// loads takes a step that leads to another page, and waits for that.
func (p *page) loads(s step) {
	p.t.Helper()
	_, err := chromedp.RunResponse(p.ctx, s)
	require.NoError(p.t, err)
}

// click clicks an element, and waits for the page that it leads to.
func (p *page) click(selector string) {
	p.t.Helper()
	p.loads(chromedp.Click(chromedp.CSS(selector)))
}

// follow clicks a link by its text.
func (p *page) follow(text string) {
	p.t.Helper()
	p.loads(chromedp.Click(chromedp.Search("//a[normalize-space()=" + strconv.Quote(text) + "]")))
}

// text returns the text of an element.
func (p *page) text(selector string) string {
	p.t.Helper()
	return result(p, chromedp.Text(chromedp.CSS(selector)))
}

// number evaluates an expression.
func (p *page) number(expression string) int {
	p.t.Helper()
	return result(p, chromedp.Evaluate[int](expression))
}

func (p *page) string(expression string) string {
	p.t.Helper()
	return result(p, chromedp.Evaluate[string](expression))
}

// noProblems checks that the browser reported no error or warning.
func (p *page) noProblems() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	assert.Empty(p.t, p.problems)
}
