package suite_test

import (
	"fmt"
	"strings"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/suite"
)

// Which analyzers are there? A driver of your own, or a linter that runs analyzers, can
// have them all.
func ExampleAnalyzers() {
	for _, a := range suite.Analyzers() {
		title, _, _ := strings.Cut(a.Doc, "\n")
		fmt.Printf("%s: %s\n", a.Name, title)
	}
	// Output:
	// gostmt: report goroutines that have the wrong stores of als
	// callback: report callbacks that will run without the stores of als
	// enterwith: report EnterWith where it changes the stores of its callers
	// scopeend: report scopes that are not ended by defer
	// storagecopy: report storages that are copied
	// perrequest: report storages that are made for each request
	// defaultstore: report storages that are used as stores of the default storage
	// revoked: report stores with RevokeOnEnd that background work reads
	// httporder: report handlers that belong outside of alshttp
	// ignore: report //alsvet:ignore comments without a reason or a use
}
