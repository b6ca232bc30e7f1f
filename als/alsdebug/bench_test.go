package alsdebug

import (
	"fmt"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
)

// BenchmarkList measures a request without its picture, with 100,000 goroutines.
func BenchmarkList(b *testing.B) {
	h := Handler()
	stop, started := make(chan bool), make(chan bool)
	defer close(stop)
	const n = 100_000
	for i := range n {
		als.Go(func() { requestID.Run(fmt.Sprint("r-", i), func() { started <- true; <-stop }) })
	}
	for range n {
		<-started
	}
	for name, parameters := range map[string]string{"first page": "", "filter": "?q=r-77", "sort": "?sort=-label"} {
		b.Run("request="+name, func(b *testing.B) {
			for b.Loop() {
				h.(*inspector).pictures.until = h.(*inspector).pictures.until.AddDate(1, 0, 0) // the same picture
				get(h, parameters, "Accept", "text/html")
			}
		})
	}
}
