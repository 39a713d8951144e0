# ruff: noqa: E501 -- files are as they are
"""Files of lists as tests need them: small ones from documentation, real ones where they are at hand.

Everything named here is invented. `from documentation`: written after the published schema; no real file was at hand.
"""

import os
from pathlib import Path

import pytest

from ytterby.screening.lists.gathering import ListFile, ListLimits
from ytterby.screening.lists.reading import ReadList, read_list
from ytterby.shell.lists.tables import list_tables

BESIDE = Path(__file__).resolve().parents[2].parent / "shared" / "data"
RAW = Path(os.environ.get("YTTERBY_SHARED_DATA", BESIDE)) / "screening" / "raw"


def real(*names: str) -> list[ListFile]:
    """Return real files; without them the test is skipped."""
    if not all((RAW / name).is_file() for name in names):
        pytest.skip("the real files of lists are not at hand; set YTTERBY_SHARED_DATA to the folder that holds them")
    return [ListFile(name, (RAW / name).read_bytes()) for name in names]


def read(*files: ListFile, list_id: str = "own-test", limits: ListLimits | None = None, **how: object) -> ReadList:
    return read_list(files, list_id=list_id, tables=list_tables(), limits=limits, **how)  # type: ignore[arg-type]


def text_file(name: str, text: str) -> ListFile:
    return ListFile(name, text.encode())


def codes(found: ReadList) -> list[str]:
    return [problem.code for problem in found.problems]


# From documentation: OFAC's advanced sanctions list standard.
OFAC_ADVANCED = """<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="http://www.un.org/sanctions/1.0" Version="1">
 <DateOfIssue CalendarTypeID="1"><Year>2026</Year><Month>3</Month><Day>5</Day></DateOfIssue>
 <ReferenceValueSets>
  <AliasTypeValues><AliasType ID="1400">A.K.A.</AliasType><AliasType ID="1401">F.K.A.</AliasType>
   <AliasType ID="1403">Name</AliasType></AliasTypeValues>
  <AreaCodeValues><AreaCode ID="11001" CountryID="11001" Description="Iran" AreaCodeTypeID="1">IR</AreaCode></AreaCodeValues>
  <CountryValues><Country ID="11001" ISO2="IR">Iran</Country><Country ID="11082" ISO2="RU">Russia</Country></CountryValues>
  <DetailReferenceValues><DetailReference ID="91526">Male</DetailReference></DetailReferenceValues>
  <FeatureTypeValues><FeatureType ID="8" FeatureTypeGroupID="1">Birthdate</FeatureType>
   <FeatureType ID="10" FeatureTypeGroupID="1">Nationality Country</FeatureType>
   <FeatureType ID="25" FeatureTypeGroupID="1">Location</FeatureType>
   <FeatureType ID="224" FeatureTypeGroupID="1">Gender</FeatureType>
   <FeatureType ID="1" FeatureTypeGroupID="1">Vessel Call Sign</FeatureType></FeatureTypeValues>
  <IDRegDocTypeValues><IDRegDocType ID="1571">Passport</IDRegDocType>
   <IDRegDocType ID="1626">Vessel Registration Identification</IDRegDocType></IDRegDocTypeValues>
  <LegalBasisValues><LegalBasis ID="1838" LegalBasisShortRef="E.O. 1">Executive Order 1</LegalBasis></LegalBasisValues>
  <ListValues><List ID="1550">SDN List</List></ListValues>
  <PartySubTypeValues><PartySubType ID="1" PartyTypeID="4">Vessel</PartySubType>
   <PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType><PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType>
  </PartySubTypeValues>
  <PartyTypeValues><PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType>
   <PartyType ID="4">Transport</PartyType></PartyTypeValues>
  <RelationTypeValues><RelationType ID="15003">Owned or Controlled By</RelationType></RelationTypeValues>
  <SanctionsTypeValues><SanctionsType ID="1">Program</SanctionsType><SanctionsType ID="2">Block</SanctionsType>
  </SanctionsTypeValues>
 </ReferenceValueSets>
 <Locations>
  <Location ID="25"><LocationCountry CountryID="11001" CountryRelevanceID="1"/>
   <LocationPart LocPartTypeID="1451"><LocationPartValue Primary="true"><Value>1 Example Street</Value></LocationPartValue>
   </LocationPart></Location>
 </Locations>
 <IDRegDocuments>
  <IDRegDocument ID="7" IDRegDocTypeID="1571" IdentityID="101" IssuedBy-CountryID="11082" ValidityID="1">
   <IDRegistrationNo>AB 123</IDRegistrationNo></IDRegDocument>
  <IDRegDocument ID="8" IDRegDocTypeID="1626" IdentityID="103" ValidityID="1">
   <IDRegistrationNo>IMO 9187629</IDRegistrationNo></IDRegDocument>
 </IDRegDocuments>
 <DistinctParties>
  <DistinctParty FixedRef="1"><Profile ID="1" PartySubTypeID="4">
   <Identity ID="101" FixedRef="1" Primary="true" False="false">
    <Alias FixedRef="1" AliasTypeID="1403" Primary="true" LowQuality="false">
     <DocumentedName ID="1"><DocumentedNamePart><NamePartValue ScriptID="215">EXAMPLEV</NamePartValue></DocumentedNamePart>
      <DocumentedNamePart><NamePartValue ScriptID="215">Anton</NamePartValue></DocumentedNamePart></DocumentedName>
     <DocumentedName ID="2"><DocumentedNamePart><NamePartValue ScriptID="220">ПРИМЕРОВ</NamePartValue></DocumentedNamePart>
      <DocumentedNamePart><NamePartValue ScriptID="220">Антон</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    <Alias FixedRef="1" AliasTypeID="1400" Primary="false" LowQuality="true">
     <DocumentedName ID="3"><DocumentedNamePart><NamePartValue>TOSHA</NamePartValue></DocumentedNamePart></DocumentedName>
    </Alias></Identity>
   <Feature ID="1" FeatureTypeID="8"><FeatureVersion ID="1"><DatePeriod CalendarTypeID="1">
     <Start><From><Year>1966</Year><Month>9</Month><Day>8</Day></From><To><Year>1966</Year><Month>9</Month><Day>8</Day></To></Start>
     <End><From><Year>1966</Year><Month>9</Month><Day>8</Day></From><To><Year>1966</Year><Month>9</Month><Day>8</Day></To></End>
    </DatePeriod></FeatureVersion></Feature>
   <Feature ID="2" FeatureTypeID="10"><FeatureVersion ID="2"><VersionLocation LocationID="25"/></FeatureVersion></Feature>
   <Feature ID="3" FeatureTypeID="224"><FeatureVersion ID="3"><VersionDetail DetailTypeID="1431" DetailReferenceID="91526"/>
    </FeatureVersion></Feature>
  </Profile></DistinctParty>
  <DistinctParty FixedRef="2"><Profile ID="2" PartySubTypeID="3">
   <Identity ID="102" FixedRef="2" Primary="true" False="false">
    <Alias AliasTypeID="1403" Primary="true" LowQuality="false">
     <DocumentedName ID="4"><DocumentedNamePart><NamePartValue>EXAMPLE TRADING LLC</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    <Alias AliasTypeID="1401" Primary="false" LowQuality="false">
     <DocumentedName ID="5"><DocumentedNamePart><NamePartValue>OLD EXAMPLE LLC</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
   </Identity>
   <Feature ID="4" FeatureTypeID="25"><FeatureVersion ID="4"><VersionLocation LocationID="25"/></FeatureVersion></Feature>
  </Profile></DistinctParty>
  <DistinctParty FixedRef="3"><Profile ID="3" PartySubTypeID="1">
   <Identity ID="103" FixedRef="3" Primary="true" False="false"><Alias AliasTypeID="1403" Primary="true" LowQuality="false">
     <DocumentedName ID="6"><DocumentedNamePart><NamePartValue>EXAMPLE STAR</NamePartValue></DocumentedNamePart></DocumentedName></Alias></Identity>
   <Feature ID="5" FeatureTypeID="1"><FeatureVersion ID="5"><VersionDetail DetailTypeID="1432">EX99</VersionDetail></FeatureVersion></Feature>
  </Profile></DistinctParty>
 </DistinctParties>
 <ProfileRelationships><ProfileRelationship ID="1" From-ProfileID="2" To-ProfileID="1" RelationTypeID="15003"/></ProfileRelationships>
 <SanctionsEntries>
  <SanctionsEntry ID="1" ProfileID="1" ListID="1550">
   <EntryEvent ID="1" EntryEventTypeID="1" LegalBasisID="1838"><Date CalendarTypeID="1"><Year>2024</Year><Month>2</Month><Day>23</Day></Date></EntryEvent>
   <SanctionsMeasure ID="1" SanctionsTypeID="1"><Comment>EXPROG</Comment></SanctionsMeasure>
   <SanctionsMeasure ID="2" SanctionsTypeID="2"><Comment/></SanctionsMeasure></SanctionsEntry>
  <SanctionsEntry ID="2" ProfileID="2" ListID="1550"><SanctionsMeasure ID="3" SanctionsTypeID="1"><Comment>EXPROG</Comment></SanctionsMeasure></SanctionsEntry>
  <SanctionsEntry ID="3" ProfileID="99" ListID="1550"/>
 </SanctionsEntries>
</Sanctions>
"""

# From documentation: xmlFullSanctionsList_1_1.
EU_FSF = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-03-04T10:00:00.000+01:00" globalFileId="1">
 <sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.27.28" logicalId="13">
  <remark>A remark.</remark>
  <regulation regulationType="amendment" organisationType="commission" publicationDate="2003-07-08"
   entryIntoForceDate="2003-07-07" numberTitle="1210/2003 (OJ L169)" programme="EXP" logicalId="348">
   <publicationUrl>https://example.org/act</publicationUrl></regulation>
  <subjectType code="person" classificationCode="P"/>
  <nameAlias firstName="Anton" middleName="" lastName="Examplev" wholeName="Anton Examplev" gender="M" function="Director"
   title="" nameLanguage="" strong="true" logicalId="17"/>
  <nameAlias firstName="" middleName="" lastName="" wholeName="Антон Примеров" nameLanguage="RU" strong="true" logicalId="18"/>
  <nameAlias wholeName="Tosha" strong="false" logicalId="19"/>
  <citizenship region="" countryIso2Code="RU" countryDescription="RUSSIAN FEDERATION"/>
  <birthdate circa="false" calendarType="GREGORIAN" city="Example" birthdate="1937-04-28" dayOfMonth="28" monthOfYear="4"
   year="1937" region="" place="" countryIso2Code="00" countryDescription="UNKNOWN"/>
  <identification diplomatic="false" knownFalse="false" knownExpired="true" number="X 1" identificationTypeCode="passport"
   identificationTypeDescription="National passport" countryIso2Code="RU" countryDescription="RUSSIAN FEDERATION"/>
  <address city="Example" street="Example street 1" zipCode="1" countryIso2Code="BY" countryDescription="BELARUS"/>
 </sanctionEntity>
 <sanctionEntity euReferenceNumber="EU.1.2" logicalId="14">
  <regulation programme="EXP" numberTitle="1/2024" entryIntoForceDate="2024-01-02"/>
  <subjectType code="enterprise" classificationCode="E"/>
  <nameAlias wholeName="Example Works JSC" strong="true"/>
  <birthdate yearRangeFrom="1990" yearRangeTo="1992" countryIso2Code="00"/>
  <newThing>something else</newThing>
 </sanctionEntity>
</export>
"""

# From documentation: UK Sanctions List, XML.
UK_XML = """<?xml version="1.0" encoding="utf-8"?>
<Designations><DateGenerated>21/01/2026</DateGenerated>
 <Designation><LastUpdated>01/02/2024</LastUpdated><DateDesignated>12/02/2021</DateDesignated><UniqueID>EXA0001</UniqueID>
  <OFSIGroupID>12703</OFSIGroupID><UNReferenceNumber/>
  <Names><Name><Name1>Anton</Name1><Name6>EXAMPLEV</Name6><NameType>Primary Name</NameType></Name>
   <Name><Name6>Tosha</Name6><NameType>Alias</NameType><AliasStrength>Low quality a.k.a</AliasStrength></Name>
   <Name><Name6>Antoine Examplev</Name6><NameType>Primary Name Variation</NameType></Name></Names>
  <NonLatinNames><NonLatinName><NameNonLatinScript>Антон Примеров</NameNonLatinScript></NonLatinName></NonLatinNames>
  <RegimeName>The Example Regulations 2020</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip>
  <DesignationSource>UK</DesignationSource><SanctionsImposed>Asset freeze|Travel Ban</SanctionsImposed>
  <UKStatementofReasons>Reasons.</UKStatementofReasons>
  <Addresses><Address><AddressLine1>1 Example Road</AddressLine1><AddressCountry>Russia</AddressCountry></Address></Addresses>
  <IndividualDetails><Individual><DOBs><DOB>dd/mm/1945</DOB></DOBs><Nationalities><Nationality>Russia</Nationality></Nationalities>
   <PassportDetails><Passport><PassportNumber>X 1</PassportNumber></Passport></PassportDetails></Individual></IndividualDetails>
 </Designation>
 <Designation><DateDesignated>13/02/2022</DateDesignated><UniqueID>EXA0002</UniqueID>
  <Names><Name><Name6>EXAMPLE STAR</Name6><NameType>Primary name</NameType></Name></Names>
  <RegimeName>The Example Regulations 2020</RegimeName><IndividualEntityShip>Ship</IndividualEntityShip>
  <ShipDetails><Ship><IMONumbers><IMONumber>9187629</IMONumber></IMONumbers></Ship></ShipDetails></Designation>
</Designations>
"""

# From documentation: UK Sanctions List, CSV.
UK_CSV = (
    '"Report Date: 21-Jan-2026"\r\n'
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,"
    "Alias strength,Title,Name non-latin script,Non-latin script type,Non-latin script language,Regime Name,"
    '"Individual, Entity, Ship",Designation source,Sanctions Imposed,Other Information,UK Statement of Reasons,'
    "Address Line 1,Address Line 2,Address Line 3,Address Line 4,Address Line 5,Address Line 6,Address Postal Code,"
    "Address Country,Phone number,Website,Email address,Date Designated,D.O.B,Nationality(/ies),Passport number,"
    "Business registration number (s),IMO number\r\n"
    "01/02/2024,EXA0001,12703,,EXAMPLEV,Anton,,,,,Primary Name,,,Антон Примеров,,,The Example Regulations 2020,"
    "Individual,UK,Asset freeze|Travel Ban,,Reasons.,1 Example Road,,,,,,,Russia,,,,12/02/2021,dd/mm/1945,Russia,X 1,,\r\n"
    "01/02/2024,EXA0001,12703,,Tosha,,,,,,Alias,Low quality a.k.a,,,,,The Example Regulations 2020,"
    "Individual,UK,Asset freeze|Travel Ban,,Reasons.,1 Example Road,,,,,,,Russia,,,,12/02/2021,dd/mm/1945,Russia,X 1,,\r\n"
    "01/02/2024,EXA0003,1,,EXAMPLE WORKS,,,,,,Primary Name,,,,,,The Example Regulations 2020,"
    "Entity,UK,Asset freeze,,,2 Example Road,,,,,,,Belarus,,,,13/02/2022,,,,(1) 100 (2) 200,\r\n"
)

# From documentation: the present layout of the US list.
CSL_NOW = (
    "_id,source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,"
    "standard_order,license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,"
    "vessel_flag,vessel_owner,remarks,source_list_url,alt_names,citizenships,dates_of_birth,nationalities,"
    "places_of_birth,source_information_url,ids\r\n"
    'a1,Entity List (EL) - Example,,,,Example Magnet Works,,"1 Example Road, Example, CN; 2 Example Road, HK",'
    '89 FR 1,2024-01-02,,,"For all items","Presumption of denial",,,,,,,,https://example.org/el,'
    '"Example Magnetics; 示例磁材厂",,,,,https://example.org/info,"Unified Social Credit Code (USCC), 91330200MA2AAAAA1X, CN"\r\n'
)
CSL_JSON = (
    '{"results": [{"id": "a1", "source": "Entity List (EL) - Example", "name": "Example Magnet Works", "type": "Entity",'
    ' "alt_names": ["Example Magnetics", "示例磁材厂"], "addresses": [{"address": "1 Example Road", "city": "Example",'
    ' "state": null, "postal_code": null, "country": "CN"}], "federal_register_notice": "89 FR 1",'
    ' "start_date": "2024-01-02", "end_date": null, "license_requirement": "For all items",'
    ' "ids": [{"type": "Unified Social Credit Code (USCC)", "number": "91330200MA2AAAAA1X", "country": "CN"}],'
    ' "programs": ["EL"], "source_list_url": "https://example.org/el", "new_field": "new"}]}'
)

MOFCOM = (
    "name_en,name_zh,aliases,country,list,measure,announcement_no,date,end_date,url\n"
    "Example Aero Inc.,示例航空公司,EA; 示例航空,US,control list,no export of dual-use items,2025 No. 1,2025-01-02,,https://example.org/1\n"
    "Sample Systems LLC,样例系统公司,,US,control list,no export of dual-use items,2025 No. 1,2025-01-02,2026-11-10,\n"
)
METI = (
    "No.,Country or Region,Company or Organization,Also Known As,Type of WMD\n"
    '1,Iran,Example Institute,"EI; Example Inst.","N,M"\n'
)
OWN = (
    "id,schema,name,aliases,former_names,weak_aliases,country,identifiers,address,born,measures,programmes,listed_on,"
    "ends_on,act,url,remark\n"
    "1,Organization,Example Works,Works of Example,Old Works,EW,CN;DE,lei:529900T8BM49AURSDO55; tax:7,Example Road 1,"
    "1990,no sale,house list,2025-01-09,,decision 3,https://example.org,why\n"
    "2,Person,示例先生,,,,China,,,1970-01-02,,,,,,,\n"
)
FTM = (
    '{"id": "a", "schema": "Company", "properties": {"name": ["Example Works"], "alias": ["Works"], "weakAlias": ["EW"],'
    ' "previousName": ["Old Works"], "country": ["cn"], "leiCode": ["529900T8BM49AURSDO55"], "imoNumber": [],'
    ' "incorporationDate": ["1990-05"], "addressEntity": ["addr"], "topics": ["sanction"]}}\n'
    '{"id": "s", "schema": "Sanction", "properties": {"entity": ["a"], "program": ["P"], "startDate": ["2024-01-02"],'
    ' "authority": ["Example office"]}}\n'
    '{"id": "addr", "schema": "Address", "properties": {"full": ["Example Road 1"], "country": ["cn"]}}\n'
    '{"id": "o", "schema": "Ownership", "properties": {"owner": ["a"], "asset": ["b"]}}\n'
    "not json\n"
)
SDN = (
    '1,"EXAMPLEV, Anton","individual","EXP] [OTHER",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 08 Sep 1966; alt. DOB circa'
    " 1967; nationality Belarus; Passport X1 (Russia); Tax ID No. 77; a.k.a. 'TOSHA'.\"\r\n"
    '2,"EXAMPLE STAR","vessel","EXP",-0- ,"EX99","Tanker",-0- ,-0- ,"Panama",-0- ,"Vessel Registration Identification IMO'
    ' 9187629 (vessel)."\r\n\x1a'
)
ALT = '1,11,"aka","EXAMPLEFF, Anton",-0- \r\n1,12,"fka","OLDNAME, Anton",-0- \r\n9,13,"aka","NOBODY",-0- \r\n'
ADD = '1,21,"1 Example Road","Minsk 1","Belarus",-0- \r\n'
ALL = {
    "ofac-advanced-xml": [text_file("advanced.xml", OFAC_ADVANCED)],
    "ofac-legacy": [text_file("sdn.csv", SDN), text_file("alt.csv", ALT), text_file("add.csv", ADD)],
    "us-csl-csv-now": [text_file("csl.csv", CSL_NOW)],
    "us-csl-csv": [text_file("csl-old.csv", CSL_NOW.replace("_id,", "", 1).replace("\r\na1,", "\r\n", 1))],
    "us-csl-json": [text_file("csl.json", CSL_JSON)],
    "eu-fsf-xml": [text_file("eu.xml", EU_FSF)],
    "uk-xml": [text_file("uk.xml", UK_XML)],
    "uk-csv": [text_file("uk.csv", UK_CSV)],
    "meti-csv": [text_file("meti.csv", METI)],
    "mofcom-csv": [text_file("mofcom.csv", MOFCOM)],
    "ftm-json-lines": [text_file("entities.ftm.json", FTM)],
    "own-csv": [text_file("own.csv", OWN)],
    "un-xml": [
        text_file(
            "un.xml",
            '<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL><DATAID>7</DATAID>'
            "<FIRST_NAME>ANTON</FIRST_NAME><SECOND_NAME>EXAMPLEV</SECOND_NAME><UN_LIST_TYPE>EXP</UN_LIST_TYPE>"
            "<REFERENCE_NUMBER>EXi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON>"
            "<NAME_ORIGINAL_SCRIPT>انطون</NAME_ORIGINAL_SCRIPT><NATIONALITY><VALUE>Iraq</VALUE></NATIONALITY>"
            "<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>TOSHA</ALIAS_NAME></INDIVIDUAL_ALIAS>"
            "<INDIVIDUAL_DATE_OF_BIRTH><YEAR>1971</YEAR></INDIVIDUAL_DATE_OF_BIRTH></INDIVIDUAL></INDIVIDUALS>"
            "<ENTITIES><ENTITY><DATAID>8</DATAID><FIRST_NAME>EXAMPLE FRONT</FIRST_NAME>"
            "<REFERENCE_NUMBER>EXe.001</REFERENCE_NUMBER></ENTITY></ENTITIES></CONSOLIDATED_LIST>",
        )
    ],
}
