package main

import (
	"fmt"
	"strings"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

// traced runs f and returns the losses that are reported while it runs.
func traced(f func()) []als.Loss {
	var mu sync.Mutex
	var all []als.Loss
	stop := als.TraceLoss(func(loss als.Loss) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, loss)
	})
	defer stop()
	f()
	return all
}

// A report is an expected loss: the function with the go statement, and the cause.
type report struct {
	function string
	cause    als.LossCause
}

var wanted = []report{
	{".plainGo", als.LostAtGo},
	{"time.goFunc", als.LostAtTimer},
	{"golang.org/x/sync/errgroup.(*Group).Go", als.LostInLibrary},
}

// compare returns the problems of the reports.
func compare(got []als.Loss, want []report) (problems []string) {
	if len(got) != len(want) {
		problems = append(problems, fmt.Sprintf("%d reports instead of %d", len(got), len(want)))
	}
	for i, loss := range got {
		switch {
		case loss.Storage != "user" || !strings.HasSuffix(loss.Read.Function, ".whose"):
			problems = append(problems, fmt.Sprintf("report %d is of another read: %v", i+1, loss))
		case i < len(want) && (!strings.HasSuffix(loss.Go.Function, want[i].function) || loss.Cause != want[i].cause):
			problems = append(problems, fmt.Sprintf("report %d should name %s: %v", i+1, want[i].function, loss))
		}
	}
	return problems
}
