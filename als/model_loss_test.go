package als_test

import (
	"strings"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/g/labels"
)

// Without inheritance, a worker that a plain go statement started has lost the stores that
// its creator had then. Where the documentation of als.TraceLoss does not promise a report,
// the model accepts both.

// workerLosses is what a worker has lost in the model.
type workerLosses struct {
	creator uint64 // the ID of the goroutine that started it
	session int    // losses have been traced from before its start, under this number
	from    []*modelStore
	must    []bool // the loss of from is reported

	seen     int  // session in which the goroutine has changed its stores
	changes  int  // how often it had changed them before
	replaced bool // the program has set labels of its own since
}

// loseAt notes the stores that a worker loses, which creator starts by a plain go statement.
func (w *worker) loseAt(creator *worker) {
	n := len(w.subjects)
	w.losses.creator = creator.id
	w.losses.from, w.losses.must = make([]*modelStore, n), make([]bool, n)
	if inheriting {
		return
	}
	creator.noteChanges()
	w.losses.session = w.session
	traced := w.stopTracing != nil && creator.losses.seen == w.session && !creator.losses.replaced
	for i := range w.subjects {
		w.losses.from[i] = creator.model.held(i)
		if w.losses.from[i] == nil && creator.losses.from != nil {
			w.losses.from[i] = creator.losses.from[i]
			continue
		}
		w.losses.must[i] = traced && creator.model.get(i) != nil && w.model.storages[i].inherit == als.InheritAlways
	}
}

// noteChanges notes the session in which the goroutine has last changed its stores.
func (w *worker) noteChanges() {
	if w.losses.changes != w.model.changes {
		w.losses.changes = w.model.changes
		w.losses.replaced = false
		if w.stopTracing != nil {
			w.losses.seen = w.session
		}
	}
}

// opTraceLoss turns the search for losses on or off. That must not change any store.
func opTraceLoss(w *worker, _ step) bool {
	if w.stopTracing != nil {
		w.logf("TraceLoss: stop()")
		w.stopTracing()
		w.stopTracing = nil
		return false
	}
	w.logf("TraceLoss()")
	for _, o := range w.live {
		o.noteChanges()
	}
	w.stopTracing = als.TraceLoss(func(als.Loss) {})
	w.session++
	w.losses.seen, w.losses.replaced = w.session, false
	return false
}

// opLosses compares the reports of a read of each storage.
func opLosses(w *worker, _ step) bool {
	if w.stopTracing == nil || labels.Offset() == 0 {
		return false
	}
	w.noteChanges()
	var reported []als.Loss
	stop := als.TraceLoss(func(l als.Loss) { reported = append(reported, l) })
	w.losses.seen, w.losses.replaced = w.session, false
	defer stop()
	for i, s := range w.subjects {
		reported = nil
		s.read()
		w.compareLoss(i, s, reported)
	}
	return false
}

func (w *worker) compareLoss(i int, s subject, reported []als.Loss) {
	if len(reported) == 0 {
		if w.mustReport(i) {
			w.fail("goroutine %d: no report that the store of storage %d (%v) was lost", w.number, i, s)
		}
		return
	}
	l := reported[0]
	held := w.model.held(i)
	revoked := held != nil && held.life != nil && held.life.ended
	switch {
	case len(reported) > 1:
		w.fail("goroutine %d: one read of storage %d (%v) is reported as %v", w.number, i, s, reported)
	case l.Storage != s.name() || l.Type != s.typ() || l.Goroutine != goroutine.ID():
		w.fail("goroutine %d: a loss of storage %d (%v) is reported as %+v", w.number, i, s, l)
	case l.Cause == als.LostToRevoke && revoked:
	case l.Cause == als.LostAtGo && w.mayReport(i):
		if l.Creator != w.losses.creator || !strings.Contains(l.Go.Function, "opPlainGo") {
			w.fail("goroutine %d, started by %d: the loss of storage %d (%v) is reported as %+v", w.number, w.losses.creator, i, s, l)
		}
	default:
		w.fail("goroutine %d: a read of storage %d (%v), of which it has lost no store, is reported as %+v", w.number, i, s, l)
	}
}

// mayReport reports whether the worker can have lost a store of a storage.
func (w *worker) mayReport(i int) bool {
	if w.losses.from == nil || w.losses.session != w.session || w.model.captured() {
		return false
	}
	from := w.losses.from[i]
	return from != nil && w.model.storages[i].inherit == als.InheritAlways &&
		from.generation == w.model.storages[i].generation && !w.model.touched[i]
}

// mustReport reports whether the worker has lost a store and a read must report that.
func (w *worker) mustReport(i int) bool {
	return w.mayReport(i) && w.losses.must[i] && !w.losses.replaced && !w.model.passing[i]
}
