//go:build !amd64

package designs

func assemblyLookups[T any]() []lookup[T] { return nil }
