// Package ignore silences findings.
package ignore

import (
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work() { user.Get() }

func right() {
	//alsvet:ignore the worker outlives every request
	// and this line belongs to the comment.
	go work()
	go work() //alsvet:ignore it outlives every request
	//alsvet:ignore scopeend: it outlives every request
	go user.WithScope("a").End()
	time.AfterFunc(time.Second, work) //alsvet:ignore callback: work reads no store
	// Prose may speak of alsvet:ignore.
}

func wrong() {
	go work() //alsvet:ignore // want `needs a reason`
	go work() //alsvet:ignore gostmt: // want `needs a reason`
	work()    //alsvet:ignore nothing is here // want `silences nothing here`
	go work() //alsvet:ignore gostmt,callback: no callback is here // want `silences nothing of callback here`
	go work() //alsvet:ignore gostatement: no such name // want `unknown analyzer: "gostatement"`
	go work() // alsvet:ignore is prose so // want `a blank before alsvet:ignore`
	work()    //alsvet:ignore is for its own line only // want `silences nothing here`
	go work()
	//alsvet:ignore a line between is too far // want `silences nothing here`

	go work()
}

//alsvet:ignore the whole function outlives every request
func function() {
	go work()
	if true {
		go work()
	}
}

func statements() {
	//alsvet:ignore callback: all of these
	both(
		time.AfterFunc(time.Second, work),
		time.AfterFunc(time.Second, func() {
			time.AfterFunc(time.Second, work)
			work()
		}),
	)
	go func() {
		work()
	}() //alsvet:ignore it outlives every request
}

func both(a, b *time.Timer) {}
