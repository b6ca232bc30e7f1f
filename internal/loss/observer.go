package loss

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/async"
)

// Current implements [async.Observer].
func (s *search) Current(r *async.Record) *async.Record { return r }

// Entered, and all methods up to Changed, implement [async.Observer]: they note the
// stores that the goroutine holds afterwards.
func (s *search) Entered(r *async.Record, _ async.Token, _ *async.Cell) async.LayerLabels {
	s.write(r, false)
	return async.LayerLabels{}
}

func (s *search) Left(r *async.Record, _ async.Token, _ async.LayerLabels) { s.write(r, false) }

func (s *search) Switched(r *async.Record) { s.write(r, false) }

func (s *search) SwitchedBack(r *async.Record, _ unsafe.Pointer) { s.write(r, false) }

func (s *search) Changed(r *async.Record, isNew bool) { s.write(r, isNew) }

// Frozen implements [async.Observer].
func (s *search) Frozen(async.Context) {}

// Missed implements [async.Observer].
func (s *search) Missed(k *async.Key) {
	t := k.Token()
	if t == 0 {
		return
	}
	l, lost := s.loss(t)
	if !lost {
		return
	}
	l.PCs = callers()
	at := place{key: l.Key, cause: l.Cause, statement: l.Statement}
	copy(at.pcs[:], l.PCs)
	for _, f := range s.finders {
		if f.reported.First(at) {
			f.report(l)
		}
	}
}
