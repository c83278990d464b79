namespace OpenCvSharp;

public record struct Scalar(double Val0, double Val1, double Val2, double Val3);
