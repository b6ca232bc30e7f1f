// Package plain does not use als.
package plain

func work() {}

func plain() {
	go work()
	go func() { work() }()
}
