//go:build go1.25

package main

import "sync"

func start(group *sync.WaitGroup, fn func()) { group.Go(fn) }
