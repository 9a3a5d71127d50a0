// Texts of files, in English and German.

export const FILES = {
  // files
  attachAgain: ["{name} was not uploaded and is not here any more. Attach it again.", "{name} wurde nicht hochgeladen und ist nicht mehr hier. Hänge die Datei noch einmal an."],
  attachedAlready: ["{name} is attached already.", "{name} hängt schon an."],
  fileChanged: ["{name} cannot be read any more. Attach it again.", "{name} lässt sich nicht mehr lesen. Hänge die Datei noch einmal an."],
  fileGone: ["This file is gone, or you may not read it.", "Diese Datei gibt es nicht mehr, oder du darfst sie nicht lesen."],
  fileNotNow: ["The file does not come now. Try again in a moment.", "Die Datei kommt gerade nicht. Versuche es gleich noch einmal."],
  guestFiles: ["Guests send no files. Create an account first.", "Gäste senden keine Dateien. Lege zuerst ein Konto an."],
  imageAfter: ["Next image", "Nächstes Bild"],
  imageBefore: ["Previous image", "Voriges Bild"],
  imageComes: ["Image…", "Bild…"],
  imageFails: ["The image cannot be shown.", "Das Bild lässt sich nicht zeigen."],
  noFolders: ["Folders cannot be sent. Attach the files in them, or pack them into one file.", "Ordner lassen sich nicht senden. Hänge die Dateien darin an, oder packe sie in eine Datei."],
  pastedName: ["Image {when}", "Bild {when}"],
  saveFile: ["Save", "Speichern"],
};
