package loops

import "testing"

func TestHandle(t *testing.T) {
	new(dispatcher).handle("a")
}
