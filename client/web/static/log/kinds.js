// Which files the page shows. What they really are the gateway says, by their content.

export const SHOWN_IMAGES = /^image\/(png|jpeg|gif|webp|avif)$/;
export const SOUNDS = /^audio\/(mpeg|ogg|wav|x-wav|webm|mp4|x-m4a|flac|x-flac)$/;
export const FILMS = /^video\/(mp4|webm)$/;
