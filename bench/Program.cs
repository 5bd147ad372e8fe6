using Endpoints.Bench;

GemmBenchmark.Run();
