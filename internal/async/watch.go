package async

import (
	"sync"
	"sync/atomic"
)

// A watch says what has to know of every change of a goroutine's stores:
// inheritance, or the search for losses, or both. It is not written to.
type watch struct {
	labels  *Labels // nil if nobody knows how to get at them
	inherit bool
	trace   *trace // nil unless losses are looked for
}

// watched is nil where nothing has to know, which is all that it costs then.
var watched atomic.Pointer[watch]

var watching sync.Mutex

// change replaces the watch by a copy that f has changed.
func change(f func(w *watch)) {
	watching.Lock()
	defer watching.Unlock()
	var w watch
	if old := watched.Load(); old != nil {
		w = *old
	}
	f(&w)
	if w.inherit || w.trace != nil {
		watched.Store(&w)
	} else {
		watched.Store(nil)
	}
}

// Changed is called when the caller has changed the stores of its record.
func (r *Record) Changed() {
	if w := watched.Load(); w != nil {
		w.tell(r, false)
	}
}

// tell tells who watches what the caller's record holds. A record is fresh if it
// begins in a context that was chosen for it.
func (w *watch) tell(r *Record, fresh bool) {
	if w.inherit {
		w.labels.publish(r, w.labels.get())
	}
	if w.trace != nil {
		w.trace.write(w, r, fresh)
	}
}
