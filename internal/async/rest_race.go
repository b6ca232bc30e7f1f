//go:build race

package async

import "unsafe"

// Busy says that a layer begins, and Rest that one has ended: a record that holds
// nothing after the last one is taken out of the table.
//
// The race detector takes every cleanup for a goroutine of its own, but the runtime
// runs many on one, which would use one record without an order that the detector
// could see. With this, none finds what another has used.
func (r *Record) Busy() { r.layers++ }

// Rest is described at Busy.
func (r *Record) Rest() {
	r.layers--
	r.restIfIdle()
}

func (r *Record) restIfIdle() {
	if r.layers > 0 || r.away || r.shared || r.scopes != nil || r.execution != nil && r.execution.ID != 0 {
		return
	}
	for _, c := range unsafe.Slice(r.cells, arraySize(r.mask)) {
		if !c.token.isClaim() {
			return
		}
	}
	records.Remove(&r.Entry)
}
