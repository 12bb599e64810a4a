/**
 * The parts of OpenTelemetry's protocol (opentelemetry-proto 1.x) that are read; fields that are not named are skipped.
 * Names are those of its JSON form, so that both forms give the same objects.
 */
export const OTLP_SCHEMA = `syntax = "proto3"; package otlp;
message AnyValue { oneof value { string stringValue = 1; bool boolValue = 2; int64 intValue = 3; double doubleValue = 4; ArrayValue arrayValue = 5; KeyValueList kvlistValue = 6; bytes bytesValue = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }
message Resource { repeated KeyValue attributes = 1; }

message Logs { repeated ResourceLogs resourceLogs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scopeLogs = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord logRecords = 2; }
message LogRecord { fixed64 timeUnixNano = 1; int32 severityNumber = 2; string severityText = 3; AnyValue body = 5; repeated KeyValue attributes = 6;
  uint32 flags = 8; bytes traceId = 9; bytes spanId = 10; fixed64 observedTimeUnixNano = 11; string eventName = 12; }

message Traces { repeated ResourceSpans resourceSpans = 1; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scopeSpans = 2; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message Span { bytes traceId = 1; bytes spanId = 2; string traceState = 3; bytes parentSpanId = 4; string name = 5; int32 kind = 6; fixed64 startTimeUnixNano = 7;
  fixed64 endTimeUnixNano = 8; repeated KeyValue attributes = 9; repeated SpanEvent events = 11; repeated Link links = 13; Status status = 15; }
message SpanEvent { fixed64 timeUnixNano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes traceId = 1; bytes spanId = 2; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }

message Metrics { repeated ResourceMetrics resourceMetrics = 1; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scopeMetrics = 2; }
message ScopeMetrics { Scope scope = 1; repeated Metric metrics = 2; }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Numbers gauge = 5; Numbers sum = 7; Histograms histogram = 9; ExponentialHistograms exponentialHistogram = 10; Summaries summary = 11; } }
message Numbers { repeated NumberPoint dataPoints = 1; int32 aggregationTemporality = 2; bool isMonotonic = 3; }
message NumberPoint { fixed64 startTimeUnixNano = 2; fixed64 timeUnixNano = 3; oneof value { double asDouble = 4; sfixed64 asInt = 6; } repeated KeyValue attributes = 7; }
message Histograms { repeated HistogramPoint dataPoints = 1; int32 aggregationTemporality = 2; }
message HistogramPoint { fixed64 timeUnixNano = 3; fixed64 count = 4; double sum = 5; repeated fixed64 bucketCounts = 6; repeated double explicitBounds = 7; repeated KeyValue attributes = 9;
  optional double min = 11; optional double max = 12; }
message ExponentialHistograms { repeated ExponentialHistogramPoint dataPoints = 1; int32 aggregationTemporality = 2; }
message ExponentialHistogramPoint { repeated KeyValue attributes = 1; fixed64 timeUnixNano = 3; fixed64 count = 4; double sum = 5; sint32 scale = 6; fixed64 zeroCount = 7;
  Buckets positive = 8; Buckets negative = 9; optional double min = 12; optional double max = 13; double zeroThreshold = 14; }
message Buckets { sint32 offset = 1; repeated uint64 bucketCounts = 2; }
message Summaries { repeated SummaryPoint dataPoints = 1; }
message SummaryPoint { fixed64 timeUnixNano = 3; fixed64 count = 4; double sum = 5; repeated Quantile quantileValues = 6; repeated KeyValue attributes = 7; }
message Quantile { double quantile = 1; double value = 2; }

message Answer { PartialSuccess partialSuccess = 1; }
message PartialSuccess { int64 rejected = 1; string errorMessage = 2; }`

/** The message of each kind of signal, and the list that holds what came from one resource. */
export const OTLP_MESSAGES = { logs: 'otlp.Logs', traces: 'otlp.Traces', metrics: 'otlp.Metrics' } as const

export type OtlpSignal = keyof typeof OTLP_MESSAGES
