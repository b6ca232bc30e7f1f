//go:build go1.25

package pools

import "sync"

func group(wg *sync.WaitGroup) {
	wg.Go(work) // want `the callback of \(\*sync.WaitGroup\).Go runs`
}
