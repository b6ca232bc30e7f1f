// Package forbid does not use als either.
package forbid

func work() {}

func main() {
	go work() // want `go statement: use als.Go`
}

func plain() {
	go func() { work() }() // want `go statement: use als.Go`
}
