//go:build !inherit && !go1.28 && (amd64 || arm64 || loong64 || ppc64le || riscv64 || s390x)

package als_test

import (
	"fmt"
	"path"

	"github.com/seed-1938943e/goroutine/als"
)

// Why is there no store? TraceLoss says where a goroutine lost the one that its
// creator had.
func ExampleTraceLoss() {
	user := als.New(als.Options[string]{Name: "user"})
	stop := als.TraceLoss(func(loss als.Loss) {
		fmt.Printf("%s is missing in %s: %v\n", loss.Storage, path.Base(loss.Read.Function), loss.Cause)
	})
	defer stop()

	done := make(chan struct{})
	user.Run("alice", func() {
		go func() { greet(user); close(done) }()
		<-done
		done = make(chan struct{})
		als.Go(func() { greet(user); close(done) })
		<-done
	})
	// Output:
	// user is missing in als_test.greet: plain go statements carry no stores; see als.Go
	// hello
	// hello alice
}

func greet(user *als.Storage[string]) {
	name, ok := user.GetStore()
	if !ok {
		fmt.Println("hello")
		return
	}
	fmt.Println("hello", name)
}
