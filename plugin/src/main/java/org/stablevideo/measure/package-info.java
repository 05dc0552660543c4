/** How faithful and how steady an edit is: PSNR, SSIM, flow consistency, warp error, IoU; as numbers, JSON and a page to look at. */
package org.stablevideo.measure;
