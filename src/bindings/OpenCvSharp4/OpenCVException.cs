namespace OpenCvSharp;

/// <summary>OpenCV refused.</summary>
public class OpenCVException(ErrorCode status, string funcName, string errMsg, string fileName, int line) : Exception(errMsg)
{
    public ErrorCode Status { get; set; } = status;

    /// <summary>The function of OpenCV that refused.</summary>
    public string FuncName { get; set; } = funcName;

    public string ErrMsg { get; set; } = errMsg;

    /// <summary>Where in OpenCV's sources.</summary>
    public string FileName { get; set; } = fileName;

    public int Line { get; set; } = line;
}
