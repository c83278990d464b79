namespace OpenCvSharp;

public record struct Size(int Width, int Height);
