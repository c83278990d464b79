namespace OpenCvSharp;

public record struct Point2d(double X, double Y);
