"""Results of python3-opencv for the same pictures: opencv.py FOLDER ROWS COLUMNS

Reads a.f32 and b.f32 (float32, row by row) from FOLDER and writes what OpenCV makes of them as *.f32.
Prints shift x, shift y and response of phase correlation, without a window and then with a Hann window.
"""
import sys

import cv2
import numpy as np

folder, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])


def read(name):
    return np.fromfile(f"{folder}/{name}.f32", "<f4").reshape(rows, columns)


def write(name, picture):
    picture.astype("<f4").tofile(f"{folder}/{name}.f32")


a, b = read("a"), read("b")
write("median3", cv2.medianBlur(a, 3))
write("median5", cv2.medianBlur(a, 5))
write("gaussian", cv2.GaussianBlur(a, (7, 3), 1.7, sigmaY=0.8, borderType=cv2.BORDER_REPLICATE))
write("across", cv2.GaussianBlur(a, (25, 1), 4))
affine = np.array([[1, 0.1, 2.3], [-0.05, 1, -1.7]])
size = (columns + 3, rows - 2)
write("nearest", cv2.warpAffine(a, affine, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=7.5))
write("linear", cv2.warpAffine(a, affine, size, flags=cv2.INTER_LINEAR))
write("cubic", cv2.warpAffine(a, affine, size, flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE))
odd = np.ascontiguousarray(a[1::2])
write("odd", cv2.warpAffine(odd, np.array([[1, 0, -0.5], [0, 1, 0]]), (columns, len(odd)), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))
window = np.outer(np.hanning(rows), np.hanning(columns)).astype("f4")
write("window", window)
for weights in (None, window):
    (x, y), response = cv2.phaseCorrelate(a.copy(), b.copy(), weights)
    print(x, y, response)
