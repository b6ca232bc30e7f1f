package alsdebug

import (
	"embed"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/seed-1938943e/goroutine/internal/inspect"
)

// Handler returns the inspector. Mount it at any path that ends with a slash, such as
// /debug/als/. It shows the Labels of stores that are put in place from now on.
//
// Several Handlers show the same goroutines. Each has the losses and the async
// resources that were turned on from its own page.
func Handler() http.Handler {
	inspect.ShowLabels()
	return &inspector{rendering: make(chan struct{}, maxRenderings)}
}

// maxRenderings is how many requests are served at the same time. Others are refused
// and may try again.
const maxRenderings = 4

// An inspector is one Handler.
type inspector struct {
	pictures  pictures
	losses    losses
	resources resources
	rendering chan struct{} // has an element for each request that is being served
}

func (in *inspector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setHeaders(w.Header())
	select {
	case in.rendering <- struct{}{}:
		defer func() { <-in.rendering }()
	default:
		refuse(w, http.StatusTooManyRequests, "alsdebug: too many requests at the same time; try again in a second")
		return
	}
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

// setHeaders has browsers run nothing but what the handler serves, show the page in no
// frame, and keep no copy.
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

// refuse answers a request that would cost too much now.
func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, message, status)
}

// sameOrigin reports whether a POST comes from the page itself, or from a program that
// is no browser. Browsers send Sec-Fetch-Site to https and to localhost, and Origin with
// every POST.
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

// show serves a page or what belongs to it.
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

// change does what a button of the page asks for, and leads back to the page.
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

// A format is what a request wants.
type format int

const (
	html format = iota
	text
	jsonFormat
)

// formatOf goes by the parameter format, else by what the client accepts: a browser
// asks for text/html, and curl for anything.
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

// picture returns the picture to show, or answers the request itself.
func (in *inspector) picture(w http.ResponseWriter) (*inspect.Picture, bool) {
	p := in.pictures.current(time.Now())
	if p == nil {
		refuse(w, http.StatusServiceUnavailable, "alsdebug: another request is taking a picture; try again in a second")
	}
	return p, p != nil
}

func (in *inspector) showList(w http.ResponseWriter, r *http.Request) {
	form, ok := formatOf(r)
	q, err := queryOf(r.URL.Query())
	if !ok || err != nil {
		http.Error(w, "alsdebug: a parameter is not understood; see package alsdebug", http.StatusBadRequest)
		return
	}
	p, ok := in.picture(w)
	if !ok {
		return
	}
	l := listOf(p, q)
	l.Losses, l.Resources = in.losses.report(), in.resources.report()
	render(w, r, form, "list", l)
}

func (in *inspector) showGoroutine(w http.ResponseWriter, r *http.Request) {
	form, ok := formatOf(r)
	id, err := strconv.ParseUint(r.URL.Query().Get("id"), 10, 64)
	if !ok || err != nil {
		http.Error(w, "alsdebug: a parameter is not understood; see package alsdebug", http.StatusBadRequest)
		return
	}
	p, ok := in.picture(w)
	if !ok {
		return
	}
	render(w, r, form, "goroutine", detailOf(p, id))
}
