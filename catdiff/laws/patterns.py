"""placeholder"""
def number(x, digits=6):
    return f"{x:.{digits}g}"
def explained(bench, cases, wrong):
    c = wrong[0]
    row, col = np.argwhere(c.off)[0]
    return f"disagree {c.said} {c.left[row,col]} {c.right[row,col]} ± {c.tolerance[row,col]}"
import numpy as np
