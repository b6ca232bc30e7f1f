// Package iter has the shape of the real one.
package iter

func ForEach[T any](input []T, f func(*T)) {}

func ForEachIdx[T any](input []T, f func(int, *T)) {}

func Map[T, R any](input []T, f func(*T) R) []R { return nil }

func MapErr[T, R any](input []T, f func(*T) (R, error)) ([]R, error) { return nil, nil }
