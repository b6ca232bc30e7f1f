// Host loads the plugin beside it: both use the one package als of the process.
package main

import (
	"fmt"
	"os"
	"plugin"

	"github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(path string) error {
	p, err := plugin.Open(path)
	if err != nil {
		return err
	}
	symbol, err := p.Lookup("Check")
	if err != nil {
		return err
	}
	als.Run("the host's", func() {
		if err = symbol.(func(any) error)("the host's"); err != nil {
			return
		}
		if got, _ := als.GetStore(); got != "the host's" {
			err = fmt.Errorf("after the plugin: %v", got)
		}
	})
	return err
}
