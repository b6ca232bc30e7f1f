// Package parallel has the shape of the real one.
package parallel

func ForEach[T any](collection []T, callback func(item T, index int)) {}

func Map[T, R any](collection []T, transform func(item T, index int) R) []R { return nil }

func Times[T any](count int, iteratee func(index int) T) []T { return nil }

func GroupBy[T any, U comparable, Slice ~[]T](collection Slice, iteratee func(item T) U) map[U]Slice {
	return nil
}

func PartitionBy[T any, K comparable, Slice ~[]T](collection Slice, iteratee func(item T) K) []Slice {
	return nil
}
