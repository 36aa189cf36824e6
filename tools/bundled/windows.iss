; Inno Setup: an installer for one user, who needs no administrator. Made from bundle\blurkit by the release workflow.
; Unverified: it was never run.
[Setup]
AppName=blurkit
AppVersion=0
AppVerName=blurkit
DefaultDirName={localappdata}\Programs\blurkit
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
LicenseFile=..\..\bundle\blurkit\LICENSE
OutputDir=..\..\bundle
OutputBaseFilename=blurkit-setup
Compression=lzma2
SolidCompression=yes

[Files]
Source: "..\..\bundle\blurkit\*"; DestDir: "{app}"; Flags: recursesubdirs ignoreversion

[Icons]
Name: "{autodesktop}\Review photos"; Filename: "{app}\blurkit.exe"; Parameters: "review"
Name: "{autoprograms}\Review photos"; Filename: "{app}\blurkit.exe"; Parameters: "review"
