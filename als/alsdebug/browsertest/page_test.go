package browsertest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/seed-1938943e/goroutine/als"
)

const rows = "document.querySelectorAll('#rows tbody tr').length"

func TestGroupFilterAndFollow(t *testing.T) {
	program := newProgram(t)
	program.serve("r-1", "acme")
	parent, child := program.serve("r-2", "acme")
	program.serve("r-3", "bolt")
	p := open(t, program.url)
	assert.Equal(t, "Goroutines and stores", p.text("h1"))
	assert.Equal(t, 6, p.number(rows))
	assert.NotContains(t, p.text("body"), "a secret of")

	p.follow("tenant (6)")
	assert.Regexp(t, `4\s+acme\n2\s+bolt`, p.text("#groups"))
	p.follow("acme")
	assert.Equal(t, 4, p.number(rows))
	p.follow("All groups")
	assert.Equal(t, 6, p.number(rows))

	p.do(chromedp.SendKeys(chromedp.CSS("#filter"), "r-2"))
	p.click("header form button")
	assert.Equal(t, 2, p.number(rows))
	assert.Contains(t, p.string("location.search"), "q=r-2")
	assert.Contains(t, p.text("#rows"), "request=r-2")

	p.follow(fmt.Sprint(child))
	assert.Equal(t, fmt.Sprintf("Goroutine %d", child), p.text("h2"))
	assert.Contains(t, p.text("#stores"), "r-2")
	assert.Contains(t, p.text("#stack"), "chan receive")
	p.click("a.creator")
	assert.Equal(t, fmt.Sprintf("Goroutine %d", parent), p.text("h2"))
	assert.Contains(t, p.text("#children"), fmt.Sprint(child))
	p.noProblems()
}

func TestSort(t *testing.T) {
	program := newProgram(t)
	for i := range 3 {
		program.serve(fmt.Sprint("r-", 3-i), "acme")
	}
	p := open(t, program.url)
	p.follow("request (6)")
	p.follow("Stores")
	assert.Equal(t, "ascending", p.string("document.querySelectorAll('#rows th')[1].ariaSort"))
	assert.Contains(t, p.text("#rows tbody tr"), "r-1")
	p.follow("Stores")
	assert.Contains(t, p.text("#rows tbody tr"), "r-3")
	p.noProblems()
}

// A loss appears on a page that updates itself, without a reload.
func TestALossAppears(t *testing.T) {
	program := newProgram(t)
	p := open(t, program.url)
	program.lose()
	p.click("button[value='trace losses']")
	assert.Contains(t, p.text("main"), "None so far.")
	p.do(chromedp.Evaluate[chromedp.Void]("window.stays = true"), chromedp.Click(chromedp.CSS("#live")))
	program.lose()
	p.do(chromedp.WaitVisible(chromedp.CSS("#lost")))
	assert.Contains(t, p.text("#lost"), "request")
	assert.Contains(t, p.text("#lost"), "(*program).lose")
	assert.Equal(t, "true", p.string("String(window.stays)"), "the page was not loaded anew")
	p.do(chromedp.Click(chromedp.CSS("#live")))
	p.click("button[value='stop tracing losses']")
	assert.Contains(t, p.text("#lost"), "request", "losses that were found stay")
	p.noProblems()
}

func TestResourcesAppear(t *testing.T) {
	program := newProgram(t)
	p := open(t, program.url)
	p.click("button[value='watch resources']")
	program.serve("r-1", "acme")
	p.click("#refresh")
	assert.Contains(t, p.text("#tree"), "GOROUTINE")
	p.click("button[value='stop watching resources']")
	p.noProblems()
}

func TestKeyboard(t *testing.T) {
	program := newProgram(t)
	_, child := program.serve("r-1", "acme")
	p := open(t, program.url)
	focus := "document.activeElement.textContent"
	press := func(keys string) { p.do(chromedp.KeyEvent(keys)) }
	press("j")
	press("j")
	assert.Equal(t, fmt.Sprint(child), p.string(focus))
	press("j")
	assert.Equal(t, fmt.Sprint(child), p.string(focus), "the last")
	press("k")
	assert.NotEqual(t, fmt.Sprint(child), p.string(focus))
	press("j")

	press("l")
	assert.Equal(t, "true", p.string("document.getElementById('live').ariaPressed"))
	p.do(chromedp.Poll[chromedp.Void]("document.body.dataset.updates >= 2"))
	assert.Equal(t, fmt.Sprint(child), p.string(focus), "the focus stays where it is")
	press("l")
	assert.Equal(t, "false", p.string("document.getElementById('live').ariaPressed"))

	press("/")
	assert.Equal(t, "filter", p.string("document.activeElement.id"))
	p.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.value = ''")) // the driver sends the character, too, which no keyboard would
	press("lj")                                                                 // letters in the field
	assert.Equal(t, "lj", p.string("document.activeElement.value"))
	p.do(chromedp.Evaluate[chromedp.Void]("document.activeElement.value = ''"))
	press("r-1")
	p.loads(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, 2, p.number(rows))
	press("jj")
	p.loads(chromedp.KeyEvent(kb.Enter))
	assert.Equal(t, fmt.Sprintf("Goroutine %d", child), p.text("h2"))
	p.noProblems()
}

// emulate makes the browser show the page on a medium ("" for the screen) in a color
// scheme ("" for the browser's own).
func emulate(medium, scheme string) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

func withoutScripts() step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	})
}

func TestLightDarkAndPrint(t *testing.T) {
	program := newProgram(t)
	p := open(t, program.url)
	brightness := func() int {
		return p.number("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)")
	}
	p.do(emulate("", "light"))
	assert.Greater(t, brightness(), 3*200)
	p.do(emulate("", "dark"))
	assert.Less(t, brightness(), 3*60)
	assert.Greater(t, p.number("getComputedStyle(document.body).color.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"), 3*200)
	p.do(emulate("print", "dark"))
	assert.Equal(t, "none none", p.string("getComputedStyle(document.querySelector('nav')).display + ' ' + getComputedStyle(document.querySelector('form')).display"))
	assert.Greater(t, brightness(), 3*200)
	p.noProblems()
}

func TestWithoutJavaScript(t *testing.T) {
	program := newProgram(t)
	_, child := program.serve("r-1", "acme")
	p := open(t, program.url, withoutScripts())
	p.follow("tenant (2)")
	p.do(chromedp.SendKeys(chromedp.CSS("#filter"), "r-1"))
	p.click("header form button")
	p.follow(fmt.Sprint(child))
	assert.Equal(t, fmt.Sprintf("Goroutine %d", child), p.text("h2"))
	p.follow("Goroutines and stores")
	p.click("button[value='trace losses']")
	assert.Contains(t, p.text("main"), "None so far.")
	p.click("button[value='stop tracing losses']")
	p.click("button[value='traceback']")
	assert.Equal(t, 2, strings.Count(p.text("#rows"), "acme"))
	p.noProblems()
}

func TestHostileLabelsDoNothing(t *testing.T) {
	program := newProgram(t)
	program.serve(`<script>owned = 1</script><img src=x onerror="owned = 1">`, `"><svg onload="owned = 1">`)
	program.serve("first\nsecond\x00\u202e", strings.Repeat("<b>", 1<<20/3))
	p := open(t, program.url)
	p.do(chromedp.Click(chromedp.CSS("#live")), chromedp.Poll[chromedp.Void]("document.body.dataset.updates >= 2"))
	p.follow("tenant (4)")
	assert.Contains(t, p.text("#groups"), `"><svg onload="owned = 1">`, "it is text")
	assert.Equal(t, "undefined", p.string("typeof owned"))
	assert.Zero(t, p.number("document.querySelectorAll('main img, main svg, main b, main script').length"))
	p.noProblems()
}

// A button on the page of another site does nothing.
func TestAnotherSiteCannotPost(t *testing.T) {
	program := newProgram(t)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form method="post" action="%s"><button name="action" value="trace losses">Win</button></form>`, program.url)
	}))
	defer other.Close()
	// 127.0.0.1 is another site than localhost.
	p := open(t, strings.Replace(other.URL, "127.0.0.1", "localhost", 1))
	p.do(chromedp.Click(chromedp.CSS("button")), chromedp.WaitVisible(chromedp.Search("//*[contains(text(), 'a POST must come from the page itself')]")))
	p.do(chromedp.Navigate(program.url))
	assert.Contains(t, p.text("main"), "Trace losses")
	assert.NotContains(t, p.text("main"), "Stop tracing losses")
}

// The page says the same on a narrow screen, without a scroll bar below it.
func TestNarrow(t *testing.T) {
	program := newProgram(t)
	program.serve("r-1", strings.Repeat("tenant", 30))
	p := open(t, program.url, chromedp.EmulateViewport(420, 800))
	assert.LessOrEqual(t, p.number("document.documentElement.scrollWidth"), 420)
}

func TestScreenshot(t *testing.T) {
	program := newProgram(t)
	for i := range 5 {
		program.serve("r-"+strconv.Itoa(41+i), []string{"acme", "bolt"}[i%2])
	}
	left := make(chan uint64)
	program.all.Add(1)
	request.Run("r-40", func() { // it ends, and leaves a goroutine behind
		als.Go(func() {
			defer program.all.Done()
			left <- 0
			<-program.hold
		})
	})
	<-left
	p := open(t, program.url, chromedp.EmulateViewport(1280, 1000), emulate("", "light"))
	p.click("button[value='trace losses']")
	program.lose()
	p.do(chromedp.Navigate(program.url))
	assert.Contains(t, p.text("#rows"), "(ended)")
	assert.Contains(t, p.text("#groups"), "r-41")
	full := result(p, chromedp.FullScreenshot(100))
	assert.NotEmpty(t, full)
	p.click("button[value='stop tracing losses']")
	if *screenshot != "" {
		require.NoError(t, os.WriteFile(*screenshot, smaller(t, full), 0o644))
	}
}
