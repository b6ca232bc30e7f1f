package alsdebug

import (
	"embed"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// Handler returns the inspector. Mount it at any path that ends with a slash, such as
// /debug/als/. It shows the Labels of stores that are set after this call.
//
// Several Handlers show the same goroutines. Each has the losses and the async
// resources that were turned on from its own page.
func Handler() http.Handler {
	inspect.ShowLabels()
	return &inspector{rendering: make(chan struct{}, maxRenderings)}
}

const (
	// maxRenderings is how many pages are rendered at the same time.
	maxRenderings = 4

	// maxUnsent is how many bytes of rendered pages wait for clients to read them. A
	// page has some 30 KB.
	maxUnsent = 16 << 20
)

// An inspector is one Handler.
type inspector struct {
	pictures  pictures
	losses    losses
	resources resources
	rendering chan struct{} // has an element for each page that is being rendered
	unsent    atomic.Int64  // bytes of rendered pages that are being written
}

func (in *inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		in.show(w, r)
	case http.MethodPost:
		if !sameOrigin(r) {
			http.Error(w, "alsdebug: a POST must come from the page itself, not from another site", http.StatusForbidden)
			return
		}
		in.change(w, r)
	default:
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "alsdebug: the methods are GET, HEAD and POST", http.StatusMethodNotAllowed)
	}
}

// setHeaders makes browsers run only scripts of this handler, show the page in no frame,
// and keep no copy.
//
// The referrer policy is not no-referrer: browsers would send "Origin: null" then, and
// sameOrigin could not tell a POST of the page from that of another.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
}

// refuse answers a request that would cost too much now but may be tried again.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, message, status)
}

// sameOrigin reports whether a POST comes from the page itself, or from a client that
// is not a browser. Browsers send Sec-Fetch-Site to https and to localhost, and Origin
// with every POST.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

//go:embed assets
var assets embed.FS

// show serves a page, its style or its script.
func (in *inspector) show(w http.ResponseWriter, r *http.Request) {
	switch name := path.Base(r.URL.Path); {
	case r.URL.Path == "" || strings.HasSuffix(r.URL.Path, "/"): // "" behind a StripPrefix of the whole path
		in.showList(w, r)
	case name == "goroutine":
		in.showGoroutine(w, r)
	case name == "style.css" || name == "page.js":
		http.ServeFileFS(w, r, assets, "assets/"+name)
	default:
		http.NotFound(w, r)
	}
}

// change does what a button of the page asks for, and redirects to the page.
func (in *inspector) change(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	back := "./"
	switch r.PostFormValue("action") {
	case "trace losses":
		in.losses.start()
		back += "#losses"
	case "stop tracing losses":
		in.losses.end()
		back += "#losses"
	case "watch resources":
		in.resources.start()
		back += "#resources"
	case "stop watching resources":
		in.resources.end()
		back += "#resources"
	case "traceback":
		if status, message := in.pictures.takeWithTraceback(); status != http.StatusOK {
			refuse(w, status, message)
			return
		}
		if id, err := strconv.ParseUint(r.PostFormValue("id"), 10, 64); err == nil {
			back = "goroutine?id=" + strconv.FormatUint(id, 10)
		}
	default:
		http.Error(w, "alsdebug: the action is unknown", http.StatusBadRequest)
		return
	}
	// Relative, because the handler does not know at which path the browser sees it.
	w.Header().Set("Location", back)
	w.WriteHeader(http.StatusSeeOther)
}

// A format is one of the three in which a page can be asked for.
type format int

const (
	html format = iota
	text
	jsonFormat
)

var contentTypes = [...]string{
	html:       "text/html; charset=utf-8",
	text:       "text/plain; charset=utf-8",
	jsonFormat: "application/json",
}

// formatOf returns the format that the parameter format or, without it, the Accept
// header asks for: browsers accept text/html, curl anything. It reports false for an
// unknown format.
func formatOf(r *http.Request) (format, bool) {
	switch r.URL.Query().Get("format") {
	case "html":
		return html, true
	case "text":
		return text, true
	case "json":
		return jsonFormat, true
	case "":
	default:
		return html, false
	}
	switch accept := r.Header.Get("Accept"); {
	case strings.Contains(accept, "text/html"):
		return html, true
	case strings.Contains(accept, "application/json"):
		return jsonFormat, true
	default:
		return text, true
	}
}

func (in *inspector) showList(w http.ResponseWriter, r *http.Request) {
	q, bad := queryOf(r.URL.Query())
	in.showPage(w, r, "list", bad, func(p *inspect.Picture) textual {
		l := listOf(p, q)
		l.Losses, l.Resources = in.losses.report(), in.resources.report()
		return l
	})
}

func (in *inspector) showGoroutine(w http.ResponseWriter, r *http.Request) {
	bad := ""
	id, err := strconv.ParseUint(r.URL.Query().Get("id"), 10, 64)
	if err != nil {
		bad = "id"
	}
	in.showPage(w, r, "goroutine", bad, func(p *inspect.Picture) textual { return detailOf(p, id) })
}

// A viewFunc makes the content of a page from a picture.
type viewFunc func(*inspect.Picture) textual

// showPage answers a request with the view that viewOf makes from a picture. bad is
// the name of a parameter that was not understood, "" if there is none.
func (in *inspector) showPage(w http.ResponseWriter, r *http.Request, name, bad string, viewOf viewFunc) {
	form, known := formatOf(r)
	if !known {
		bad = "format"
	}
	if bad != "" {
		http.Error(w, "alsdebug: the parameter "+bad+" is missing or not understood; docs/debug.md lists the parameters", http.StatusBadRequest)
		return
	}
	if page, ok := in.rendered(w, form, name, viewOf); ok {
		in.send(w, r, form, page)
	}
}

// rendered returns a page. It reports false if it has answered the request with an error.
// It writes no page itself: a client that does not read must not keep others from theirs.
func (in *inspector) rendered(w http.ResponseWriter, form format, name string, viewOf viewFunc) ([]byte, bool) {
	select {
	case in.rendering <- struct{}{}:
		defer func() { <-in.rendering }()
	default:
		refuse(w, http.StatusTooManyRequests, "alsdebug: too many requests at the same time; try again in a second")
		return nil, false
	}
	p := in.pictures.current(time.Now())
	if p == nil {
		refuse(w, http.StatusServiceUnavailable, "alsdebug: another request is taking a picture; try again in a second")
		return nil, false
	}
	page, err := render(form, name, viewOf(p))
	if err != nil {
		http.Error(w, "alsdebug: the page cannot be rendered", http.StatusInternalServerError)
		return nil, false
	}
	return page, true
}

// send writes a page to its client, which may take as long as the server allows.
func (in *inspector) send(w http.ResponseWriter, r *http.Request, form format, page []byte) {
	defer in.unsent.Add(-int64(len(page)))
	if in.unsent.Add(int64(len(page))) > maxUnsent {
		refuse(w, http.StatusTooManyRequests, "alsdebug: too many clients do not read their page; try again in a second")
		return
	}
	w.Header().Set("Content-Type", contentTypes[form])
	w.Header().Set("Content-Length", strconv.Itoa(len(page)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(page) // an error means that the client is gone
	}
}
